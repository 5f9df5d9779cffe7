/** What the builder does. Contents are gzipped and in base64. */
export interface BuilderJob {
  buildId: string;
  recipe: string;
  /** Empty: references are resolved anew. */
  lock: string;
  /** Values of the recipe's variables. */
  variables: Readonly<Record<string, string>>;
  /** Milliseconds after which the machine powers itself off, whatever it has done. */
  limit: number;
}

/**
 * User data of a builder: it bakes, scrubs and verifies with the agent's own commands, says on the console how it went, and
 * powers itself off. Nothing has to reach it, so nothing listens on it. All of its files are in memory.
 */
export function builderScript({ buildId, recipe, lock, variables, limit }: BuilderJob): string {
  const settings = Object.entries(variables).map(([name, value]) => ` --var ${quoted(`${name}=${value}`)}`);
  return `#!/bin/sh
# The machine ends its own costs, even if nobody ever reads what it says.
systemd-run --unit=parbake-build-limit --on-active=${Math.ceil(limit / 1000)} systemctl poweroff
install -d -m 700 /run/parbake-build
cd /run/parbake-build || exit 1
echo ${recipe} | base64 -d | gunzip >parbake.yaml
${lock === '' ? '' : `echo ${lock} | base64 -d | gunzip >parbake.lock\n`}cat >build.sh <<'PARBAKE_BUILD'
say() { echo "${marker(buildId)} $1" >>/dev/console; }
failed() {
  say "failed: $1: $(tail -n 1 out | tr -cd '[:print:]' | cut -c 1-300)"
  sync
  systemctl poweroff
  exit 1
}
cloud-init status --wait >/dev/null 2>&1
systemctl start docker || failed docker
until [ -S /run/docker.sock ]; do sleep 1; done
parbake-agent bake --recipe parbake.yaml --build-id ${quoted(buildId)}${lock === '' ? '' : ' --frozen'}${settings.join('')} >out 2>&1 || failed bake
parbake-agent scrub --yes >out 2>&1 || failed scrub
parbake-agent verify >out 2>&1 || failed verify
say sealed
sync
systemctl poweroff
PARBAKE_BUILD
# What it prints would be in the journal of the image.
systemd-run --unit=parbake-build --working-directory=/run/parbake-build -p StandardOutput=null -p StandardError=null sh build.sh
`;
}

/** Begins what a builder says on its console. */
function marker(buildId: string): string {
  return `parbake-build ${buildId}`;
}

/** A word that a shell reads as it is. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export type Verdict = { kind: 'sealed' } | { kind: 'failed'; reason: string } | { kind: 'silent' };

/** What a builder said last. Anything can write to a console, so only a line of the build itself counts. */
export function verdictOf(buildId: string, written: string): Verdict {
  const start = `${marker(buildId)} `;
  const said = written
    .split(/[\r\n]+/)
    .flatMap((line) => (line.includes(start) ? [line.slice(line.indexOf(start) + start.length)] : []))
    .at(-1);
  if (said === 'sealed') return { kind: 'sealed' };
  if (said === undefined) return { kind: 'silent' };
  return { kind: 'failed', reason: said.replaceAll(/\p{C}+/gu, ' ').slice(0, 400) };
}
