import { children, entry, inHomes, settingsIn, type RulePath, type ScrubRule } from './rule.ts';
import { gitlabRunner, netbirdConfig } from './settings.ts';

const entries = (...paths: string[]): RulePath[] => paths.map((path) => entry('root', path));
const emptied = (...paths: string[]): RulePath[] => paths.map((path) => children('root', path));

/** An agent that enrols its machine with a server. Clones with one enrolment are one machine to the server. */
function enrolment(
  rule: Pick<ScrubRule, 'id' | 'what' | 'appliesTo' | 'regeneratedBy' | 'stopFirst' | 'paths'>,
): ScrubRule {
  return {
    scope: 'machine',
    reason: 'uniqueness',
    why: 'clones would be one machine to the server, and each could pass for the others with the key',
    ...rule,
  };
}

/** What agents of other products keep about the machine that they run on. Their settings stay. */
export const agentRules: readonly ScrubRule[] = [
  enrolment({
    id: 'vpn-nodes',
    what: 'node keys of VPN clients',
    appliesTo: 'Tailscale, ZeroTier, NetBird',
    regeneratedBy: 'the client, which has to join again',
    stopFirst: ['tailscaled.service', 'zerotier-one.service', 'netbird.service'],
    paths: [
      ...emptied('/var/lib/tailscale'),
      ...entries('/var/lib/zerotier-one/identity.*', '/var/lib/zerotier-one/authtoken.secret'),
      settingsIn('root', '/etc/netbird/config.json', netbirdConfig),
      settingsIn('root', '/var/lib/netbird/*.json', netbirdConfig),
    ],
  }),
  enrolment({
    id: 'configuration-agents',
    what: 'enrolment with a server for configurations',
    appliesTo: 'Salt minion, Puppet, Chef, Cinc',
    regeneratedBy: 'the agent, which has to be accepted again',
    stopFirst: ['salt-minion.service', 'puppet.service', 'pxp-agent.service', 'chef-client.service'],
    paths: [
      ...emptied('/etc/salt/pki/minion'),
      ...entries('/etc/salt/minion_id'),
      ...emptied('/etc/puppetlabs/puppet/ssl', '/var/lib/puppet/ssl', '/etc/puppet/ssl'),
      ...emptied('/opt/puppetlabs/puppet/cache/state'),
      ...['chef', 'cinc'].flatMap((name) =>
        entries(
          ...['client.pem', 'validation.pem', 'validator.pem', 'encrypted_data_bag_secret'].map(
            (file) => `/etc/${name}/${file}`,
          ),
          `/etc/${name}/${name}_guid`,
        ),
      ),
    ],
  }),
  enrolment({
    id: 'monitoring-agents',
    what: 'ids and tokens of monitoring and security agents',
    appliesTo: 'Datadog, Beats, Elastic Agent, Wazuh',
    regeneratedBy: 'the agent; Elastic Agent and Wazuh have to enrol again',
    stopFirst: [
      ...['datadog-agent.service', 'filebeat.service', 'metricbeat.service', 'auditbeat.service'],
      ...['elastic-agent.service', 'wazuh-agent.service'],
    ],
    paths: [
      ...entries('/etc/datadog-agent/auth_token', '/etc/datadog-agent/auth/*', '/var/lib/*beat/meta.json'),
      ...entries('/opt/Elastic/Agent/fleet.enc*', '/var/lib/elastic-agent/fleet.enc*'),
      ...entries('/var/ossec/etc/client.keys', '/var/ossec/queue/rids/*'),
    ],
  }),
  enrolment({
    id: 'cluster-nodes',
    what: 'node ids and certificates of cluster members',
    appliesTo: 'Consul, Nomad, Teleport, kubelet',
    regeneratedBy: 'the agent, which has to join again',
    stopFirst: ['consul.service', 'nomad.service', 'teleport.service', 'kubelet.service'],
    paths: [
      ...['/opt/consul', '/var/lib/consul', '/opt/consul/data'].flatMap((data) =>
        entries(`${data}/node-id`, `${data}/serf/*`),
      ),
      ...['/opt/nomad/data', '/var/lib/nomad'].flatMap((data) =>
        entries(`${data}/client/client-id`, `${data}/client/secret-id`),
      ),
      ...emptied('/var/lib/teleport'),
      ...entries('/var/lib/kubelet/pki/*', '/etc/kubernetes/kubelet.conf'),
    ],
  }),
  enrolment({
    id: 'ci-runners',
    what: 'registrations of CI runners',
    appliesTo: 'GitLab Runner, GitHub Actions',
    regeneratedBy: 'the runner, which has to be registered again',
    stopFirst: ['gitlab-runner.service'],
    paths: [
      settingsIn('root', '/etc/gitlab-runner/config.toml', gitlabRunner),
      settingsIn('home', '.gitlab-runner/config.toml', gitlabRunner),
      ...entries('/etc/gitlab-runner/.runner_system_id'),
      ...inHomes('.gitlab-runner/.runner_system_id'),
      ...inHomes('actions-runner/.runner', 'actions-runner/.credentials*'),
    ],
  }),
  enrolment({
    id: 'subscriptions',
    what: 'registrations with the distributor',
    appliesTo: 'Red Hat subscription-manager and Insights, Ubuntu Pro, Landscape',
    regeneratedBy: 'nothing; the clone has to be registered',
    stopFirst: ['rhsmcertd.service', 'landscape-client.service'],
    paths: [
      ...entries('/etc/pki/consumer/*', '/etc/pki/entitlement/*', '/etc/sysconfig/rhn/systemid'),
      ...entries('/etc/insights-client/machine-id', '/etc/insights-client/.registered'),
      ...emptied('/var/lib/ubuntu-advantage/private', '/var/lib/landscape/client'),
    ],
  }),
];
