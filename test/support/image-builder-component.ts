import { parse } from 'yaml';

/** A component of EC2 Image Builder, as far as AWS documents it and ours has it. */
export interface Component {
  parameters: Map<string, string | undefined>;
  phases: Map<string, Step[]>;
}

export interface Step {
  name: string;
  action: 'ExecuteBash' | 'S3Download';
  commands: string[];
  downloads: { source: string; destination: string }[];
}

type Mapping = Record<string, unknown>;

/**
 * Reads a component as strictly as the service does: what it does not know, it refuses.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-use-documents.html
 * @throws Error naming the place
 */
export function readComponent(text: string): Component {
  const document = fields(parse(text), 'the document', {
    required: ['schemaVersion', 'phases'],
    optional: ['name', 'description', 'parameters', 'constants'],
  });
  if (document['schemaVersion'] !== 1) throw new Error('schemaVersion must be 1.0');
  const parameters = new Map(list(document['parameters'] ?? [], 'parameters').map(readParameter));
  const phases = new Map<string, Step[]>();
  for (const entry of list(document['phases'], 'phases')) {
    const phase = fields(entry, 'a phase', { required: ['name', 'steps'], optional: [] });
    const name = textOf(phase['name'], "a phase's name");
    if (!['build', 'validate', 'test'].includes(name) || phases.has(name))
      throw new Error(`phase ${name} is unknown or there twice`);
    const steps = list(phase['steps'], `steps of ${name}`).map((step) => readStep(step, name));
    if (new Set(steps.map((step) => step.name)).size !== steps.length)
      throw new Error(`two steps of ${name} have one name`);
    phases.set(name, steps);
  }
  const known = new Set(parameters.keys());
  for (const [, name = ''] of text.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g))
    if (!known.has(name)) throw new Error(`{{ ${name} }} is not a parameter`);
  return { parameters, phases };
}

/** @throws Error when one without a default has no value */
export function fillIn(component: Component, values: Readonly<Record<string, string>>, text: string): string {
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const value = values[name] ?? component.parameters.get(name);
    if (value === undefined) throw new Error(`parameter ${name} has no value`);
    return value;
  });
}

function readParameter(entry: unknown): [string, string | undefined] {
  const [[name, definition] = ['', undefined], ...others] = Object.entries(mapping(entry, 'a parameter'));
  if (others.length > 0) throw new Error('a parameter is a mapping with one key, its name');
  const known = { required: ['type'], optional: ['default', 'description'] };
  const parameter = fields(definition, `parameter ${name}`, known);
  if (parameter['type'] !== 'string') throw new Error(`parameter ${name} must be of type string`);
  const value = parameter['default'];
  return [name, value === undefined ? undefined : textOf(value, `the default of ${name}`)];
}

function readStep(entry: unknown, phase: string): Step {
  const step = fields(entry, `a step of ${phase}`, {
    required: ['name', 'action', 'inputs'],
    optional: ['timeoutSeconds', 'onFailure', 'maxAttempts'],
  });
  const name = textOf(step['name'], "a step's name");
  for (const key of ['timeoutSeconds', 'maxAttempts'])
    if (step[key] !== undefined && !(Number.isInteger(step[key]) && Number(step[key]) > 0))
      throw new Error(`${key} of ${name} must be a whole number`);
  if (!['Abort', undefined].includes(step['onFailure'] as string | undefined))
    throw new Error(`${name} must not go on after a failure`);
  if (step['action'] === 'ExecuteBash') {
    const inputs = fields(step['inputs'], name, { required: ['commands'], optional: [] });
    const commands = list(inputs['commands'], name).map((one) => textOf(one, `a command of ${name}`));
    return { name, action: 'ExecuteBash', commands, downloads: [] };
  }
  if (step['action'] !== 'S3Download') throw new Error(`${name} has an unknown action`);
  const downloads = list(step['inputs'], name).map((one) => {
    const input = fields(one, name, {
      required: ['source', 'destination'],
      optional: ['expectedBucketOwner', 'overwrite'],
    });
    return {
      source: textOf(input['source'], `a source of ${name}`),
      destination: textOf(input['destination'], `a destination of ${name}`),
    };
  });
  return { name, action: 'S3Download', commands: [], downloads };
}

function fields(value: unknown, what: string, known: { required: string[]; optional: string[] }): Mapping {
  const found = mapping(value, what);
  const missing = known.required.filter((key) => !(key in found));
  const unknown = Object.keys(found).filter((key) => ![...known.required, ...known.optional].includes(key));
  if (missing.length + unknown.length > 0)
    throw new Error(`${what}: without ${missing.join(', ')}; unknown ${unknown.join(', ')}`);
  return found;
}

function mapping(value: unknown, what: string): Mapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} must be a mapping`);
  return value as Mapping;
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} must be a list`);
  return value as unknown[];
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} must be a text`);
  return value;
}
