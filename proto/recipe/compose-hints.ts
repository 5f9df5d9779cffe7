/** Compose's keys that are called something else here, or that a role cannot have, by the section where people write them. */
type Hints = Readonly<Record<string, string>>;

function named(compose: string, ours: string): string {
  return `Compose's ${compose} is "${ours}" here`;
}

const bakedOnly = 'a role uses what was baked; build the image beforehand';
const confined = 'a role cannot have this: no assignment may get more of the machine than its containers';

export const recipeHints: Hints = {
  version: 'write "apiVersion: parbake/v1"',
  services: 'a role has "containers", a list in which each has a name',
  volumes: 'a container names its own volumes',
  networks: 'the containers of a role share a network of their own',
  secrets: 'an assignment brings files; a container takes them with "files"',
  configs: 'an assignment brings files; a container takes them with "files"',
};

export const roleHints: Hints = {
  services: named('services', 'containers'),
  volumes: 'a container names its own volumes',
  networks: 'the containers of a role share a network of their own',
};

export const containerHints: Hints = {
  container_name: named('container_name', 'name'),
  environment: named('environment', 'env'),
  env_file: 'list the variables in "env", or in "user_env" for those that an assignment brings',
  depends_on: named('depends_on', 'after'),
  healthcheck: named('healthcheck', 'ready'),
  stop_grace_period: named('stop_grace_period', 'stop_timeout'),
  mem_limit: named('mem_limit', 'memory'),
  cpu_count: named('cpu_count', 'cpus'),
  deploy: 'limits are "memory", "cpus" and "pids_limit" of the container',
  expose: 'containers of a role reach each other at any port; "ports" are published on the instance',
  networks: 'the containers of a role share a network of their own',
  links: 'the containers of a role reach each other by name',
  tty: 'a container has no terminal',
  user: 'it runs as the user of its image',
  secrets: 'an assignment brings files; "files" says where they appear',
  configs: 'an assignment brings files; "files" says where they appear',
  build: bakedOnly,
  pull_policy: bakedOnly,
  privileged: confined,
  cap_add: confined,
  devices: confined,
  network_mode: confined,
  pid: confined,
  ipc: confined,
  userns_mode: confined,
  security_opt: confined,
  volumes_from: confined,
};
