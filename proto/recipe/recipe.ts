import { ParbakeError } from '../errors/errors.ts';
import { readImages, type ReadBeside, type RecipeImage } from './images.ts';
import { recipeSection } from './keys.ts';
import { nearest } from '../errors/nearest.ts';
import type { Role } from './role.ts';
import { readRoles } from './roles.ts';
import { readSection } from './section.ts';
import { RecipeSource } from './source.ts';
import type { Warning } from './warning.ts';

/** What is to be baked, checked and with every variable filled in. */
export interface Recipe {
  images: RecipeImage[];
  roles: Role[];
  warnings: Warning[];
}

/** What a recipe is read with. */
export interface RecipeContext {
  /** The recipe's name in messages. */
  file: string;
  /** The variables that were given for this recipe: each has to be in it. */
  variables: Readonly<Record<string, string>>;
  /** Asked for every other variable. */
  env: Readonly<Record<string, string | undefined>>;
  beside: ReadBeside;
}

/**
 * Reads a recipe: the one reader of all programs.
 * @throws ParbakeError RECIPE_INVALID, RECIPE_VARIABLE_UNDEFINED or RECIPE_VARIABLE_UNUSED, with every mistake at once,
 *   as `file:line:column` where it is in the recipe
 */
export function parseRecipe(text: string, { file, variables, env, beside }: RecipeContext): Recipe {
  const given = Object.keys(variables);
  const source = new RecipeSource(text, (name) => variables[name] ?? env[name]);
  const recipe: Recipe = { images: [], roles: [], warnings: [] };
  // A syntax error leaves a guess of a tree; what else it would complain about is noise.
  if (source.problems.length > 0) throw recipeError(file, source, []);
  readRecipe(source, file, recipe, beside);
  const unused = unusedVariables(source, given, file);
  if (source.problems.length > 0 || unused.length > 0) throw recipeError(file, source, unused);
  return recipe;
}

function readRecipe(source: RecipeSource, file: string, recipe: Recipe, beside: ReadBeside): void {
  if (source.root === undefined) return;
  const top = readSection(source, source.root, 'the recipe', recipeSection);
  if (top === undefined) return;
  const items = top.read('images') ?? [];
  const isWhole =
    top.has('images') && source.sequence(top.place('images'), 'images')?.length === items.length;
  const list = readImages(source, items, isWhole, file, recipe, beside);
  recipe.roles = readRoles(source, top.read('roles') ?? [], list);
  const named = new Set(recipe.roles.flatMap(({ containers }) => containers.map(({ image }) => image)));
  for (const { ref, atBoot } of recipe.images)
    if (atBoot === true && !named.has(ref))
      recipe.warnings.push({
        code: 'IMAGE_NOT_PULLED',
        message: `${file}: ${ref} has "bake: false" and no role names it, so nothing will ever pull it`,
      });
}

/** A misspelt `--var` would otherwise leave the recipe with what the environment happens to have. */
function unusedVariables(source: RecipeSource, given: readonly string[], file: string): string[] {
  const mentioned = [...source.mentioned()];
  return given
    .filter((name) => !mentioned.includes(name))
    .map((name) => {
      const near = nearest(name, mentioned);
      const known =
        mentioned.length === 0 ? 'it has no variables' : `it has ${mentioned.toSorted().join(', ')}`;
      return `--var ${name}: ${file} has no such variable; ${near === undefined ? known : `did you mean ${near}?`}`;
    });
}

function recipeError(file: string, { problems }: RecipeSource, unused: readonly string[]): ParbakeError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const all = [...lines, ...unused];
  const isUndefined = problems.every(({ kind }) => kind === 'undefined-variable');
  const count = all.length === 1 ? '' : `${all.length} mistakes in the recipe:\n  `;
  const code =
    problems.length === 0
      ? 'RECIPE_VARIABLE_UNUSED'
      : isUndefined
        ? 'RECIPE_VARIABLE_UNDEFINED'
        : 'RECIPE_INVALID';
  return new ParbakeError(code, `${count}${all.join('\n  ')}`);
}
