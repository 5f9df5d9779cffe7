import type { Node } from 'yaml';
import { ParbakeError } from '../errors/errors.ts';
import { parseRoles } from './roles.ts';
import { RecipeSource, type Lookup, type Problem } from './source.ts';
import type { Role } from './role.ts';
import type { Warning } from './warning.ts';
import type { RecipeImage, ReadBeside } from './images.ts';
import { readImages } from './images.ts';

/** What is to be baked, checked and with every variable filled in. */
export interface Recipe {
  images: RecipeImage[];
  roles: Role[];
  warnings: Warning[];
}

export const recipeApiVersion = 'parbake/v1';

/**
 * Reads a recipe.
 * @param file its name in messages
 * @param lookup gives a variable's value
 * @throws ParbakeError RECIPE_INVALID or RECIPE_VARIABLE_UNDEFINED, with every mistake as `file:line:column`
 */
export function parseRecipe(text: string, file: string, lookup: Lookup, beside: ReadBeside): Recipe {
  const source = new RecipeSource(text, lookup);
  const recipe: Recipe = { images: [], roles: [], warnings: [] };
  // A syntax error leaves a guess of a tree; what else it would complain about is noise.
  if (source.problems.length === 0) readRecipe(source, file, recipe, beside);
  if (source.problems.length > 0) throw recipeError(file, source.problems);
  return recipe;
}

function readRecipe(source: RecipeSource, file: string, recipe: Recipe, beside: ReadBeside): void {
  const top = source.mapping(source.root, 'the recipe', ['apiVersion', 'images', 'roles']);
  if (top === undefined) return;
  readApiVersion(source, top.get('apiVersion')?.value);
  const list = readImages(source, top.get('images')?.value, file, recipe, beside);
  const roles = top.get('roles');
  if (roles !== undefined) recipe.roles = parseRoles(source, roles.value, list);
  const named = new Set(recipe.roles.flatMap(({ containers }) => containers.map(({ image }) => image)));
  for (const { ref, atBoot } of recipe.images)
    if (atBoot === true && !named.has(ref))
      recipe.warnings.push({
        code: 'IMAGE_NOT_PULLED',
        message: `${file}: ${ref} has "bake: false" and no role names it, so nothing will ever pull it`,
      });
}

function readApiVersion(source: RecipeSource, node: Node | undefined): void {
  if (node === undefined) {
    source.problem(source.root, `apiVersion is missing; write "apiVersion: ${recipeApiVersion}"`);
    return;
  }
  const version = source.text(node, 'apiVersion');
  if (version !== undefined && version !== recipeApiVersion)
    source.problem(node, `apiVersion "${version}" is not known; this version reads ${recipeApiVersion}`);
}

function recipeError(file: string, problems: readonly Problem[]): ParbakeError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const onlyVariables = problems.every((problem) => problem.kind === 'undefined-variable');
  const count = lines.length === 1 ? '' : `${lines.length} mistakes in the recipe:\n  `;
  return new ParbakeError(
    onlyVariables ? 'RECIPE_VARIABLE_UNDEFINED' : 'RECIPE_INVALID',
    `${count}${lines.join('\n  ')}`,
  );
}
