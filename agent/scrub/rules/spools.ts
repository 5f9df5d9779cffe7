import { children, entry, type RulePath, type ScrubRule } from './rule.ts';

const onlyFiles = (path: string): RulePath => ({ ...entry('root', path), only: 'files' });

/** Work that waits in a spool, and state that makes a clone work when it boots. */
export const spoolRules: readonly ScrubRule[] = [
  {
    id: 'at-jobs',
    scope: 'machine',
    what: 'jobs of at and batch',
    reason: 'secret',
    why: 'each holds the whole environment of whoever gave it, and runs on every clone',
    appliesTo: 'at',
    regeneratedBy: 'nothing',
    stopFirst: ['atd.service'],
    paths: [
      '/var/spool/at/*',
      '/var/spool/at/spool/*',
      '/var/spool/cron/atjobs/*',
      '/var/spool/cron/atspool/*',
    ].map(onlyFiles),
  },
  {
    id: 'crontabs',
    scope: 'machine',
    what: "people's crontabs",
    reason: 'secret',
    why: 'they run on every clone, with what the build wrote into them. Files in /etc/cron.* stay',
    appliesTo: 'cron',
    regeneratedBy: 'nothing; put jobs of the image into /etc/cron.d, or give --keep crontabs',
    stopFirst: ['cron.service', 'crond.service'],
    paths: [onlyFiles('/var/spool/cron/crontabs/*'), onlyFiles('/var/spool/cron/*')],
  },
  {
    id: 'mail',
    scope: 'machine',
    what: 'mail in mailboxes and queues',
    reason: 'secret',
    why: 'cron and other tools report the build by mail, and what waits in a queue is sent by every clone',
    appliesTo: 'every machine; Postfix, Exim, Sendmail',
    regeneratedBy: 'nothing',
    stopFirst: ['postfix.service', 'exim4.service', 'sendmail.service'],
    paths: [
      ...['/var/mail/*', '/var/spool/mail/*'].map(onlyFiles),
      ...['maildrop', 'incoming', 'active', 'deferred', 'defer', 'hold', 'corrupt', 'bounce'].map(
        (queue) => ({
          below: 'root' as const,
          path: `/var/spool/postfix/${queue}`,
          clean: 'files' as const,
        }),
      ),
      ...['exim4', 'exim'].map((name) => ({
        below: 'root' as const,
        path: `/var/spool/${name}/input`,
        clean: 'files' as const,
      })),
      ...['mqueue', 'clientmqueue'].map((name) => children('root', `/var/spool/${name}`)),
    ],
  },
  {
    id: 'timer-stamps',
    scope: 'machine',
    what: "when systemd's timers last ran",
    reason: 'correctness',
    why: 'a clone that starts days later would catch up on every timer during its boot',
    appliesTo: 'systemd',
    regeneratedBy: 'systemd, with the time of the boot',
    stopFirst: [],
    paths: [entry('root', '/var/lib/systemd/timers/stamp-*')],
  },
];
