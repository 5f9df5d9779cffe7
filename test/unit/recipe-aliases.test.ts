import { expect, test } from 'vitest';
import { readRecipe, recipeFailure, wholeRecipe, withContainer } from '../support/recipes.ts';

test('anchors and aliases are read where they point', () => {
  const recipe = readRecipe(
    withContainer(
      '        ports: &p [80]\n  other:\n    containers: [{ name: b, image: app:1, ports: *p }]\n',
    ),
  );
  expect(recipe.roles[1]?.containers[0]?.ports).toEqual([80]);
});

test('a container that an alias names is read wholeRecipe, and so are lists and variables in them', () => {
  const recipe = readRecipe(
    `apiVersion: parbake/v1
x-shared: { names: &names ["\${NAME}", BRANCH] }
images: [app:1]
roles:
  web: { containers: [&p { name: app, image: app:1, user_env: *names, files: /files }] }
  other: { containers: [*p] }
`,
    { NAME: 'DATABASE_URL' },
  );
  expect(recipe.roles.map(({ containers }) => containers[0]?.userEnv)).toEqual([
    ['DATABASE_URL', 'BRANCH'],
    ['DATABASE_URL', 'BRANCH'],
  ]);
  expect(recipe.roles[1]?.containers).toEqual(recipe.roles[0]?.containers);
});

test('<< brings in the keys of other mappings, those of its own first', () => {
  const { roles } = readRecipe(`apiVersion: parbake/v1
images: [app:1]
x-one: &one { image: app:1, ports: [80], prepare: none }
x-two: &two { ports: [81], stop_timeout: 1 }
roles: { web: { containers: [{ <<: [*one, *two], name: app, prepare: start }] } }
`);
  expect(roles[0]?.containers[0]).toMatchObject({
    image: 'app:1',
    ports: [80],
    prepare: 'start',
    stopTimeoutSeconds: 1,
  });
  expect(recipeFailure('apiVersion: parbake/v1\nimages: [a:1]\n<<: &me { <<: *me }\n').message).toContain(
    'brings in itself',
  );
});

test('an alias without an anchor is named', () => {
  const text = 'apiVersion: parbake/v1\nimages: [a:1, *b]\n';
  expect(recipeFailure(text).message).toContain(':2:15: *b names no anchor');
});

test('mappings that bring in each other many times are read once each', () => {
  const brought = Array.from({ length: 30 }, (_, index) => {
    const before = `*a${index}`;
    return `x-${index}: &a${index + 1} { <<: [${before}, ${before}, ${before}] }`;
  });
  const { roles } = readRecipe(`
x-base: &a0 { name: app, image: "a:1" }
${brought.join('\n')}
apiVersion: parbake/v1
images: [a:1]
roles: { web: { containers: [{ <<: *a30 }] } }
`);
  expect(roles[0]?.containers[0]?.name).toBe('app');
});

test('a mistake that several aliases name is told once', () => {
  const error = recipeFailure(`apiVersion: parbake/v1
images: [app:1]
roles:
  web: { containers: [&p { name: app, image: app:1, ports: [0] }] }
  other: { containers: [*p] }
`);
  expect(error.message.split('\n')).toHaveLength(1);
});

test.each([
  ['wholeRecipe.replace', wholeRecipe.replace('    containers:', '\tcontainers:'), '9:1'],
  ['a list item', wholeRecipe.replace('  - ref:', '\t- ref:'), '4:1'],
  ['behind spaces', wholeRecipe.replace('        prepare: create', '      \t prepare: create'), '12:7'],
  ['in a flow list', wholeRecipe.replace('[DATABASE_URL, BRANCH]', '[DATABASE_URL,\n\tBRANCH]'), '16:1'],
])('one tab that indents is one error: %s', (_, text, place) => {
  const { code, message } = recipeFailure(text);
  expect(code).toBe('RECIPE_INVALID');
  expect(message.split('\n')).toEqual([
    `parbake.yaml:${place}: a tab indents this line; YAML is indented with spaces`,
  ]);
});
