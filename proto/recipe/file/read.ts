import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { reasonOf } from '../../errors/cause.ts';
import { readRequiredText } from '../../process/required-file.ts';
import type { ReadBeside } from '../images.ts';
import { parseRecipe, type Recipe, type RecipeContext } from '../recipe.ts';

/** Reads a recipe with the files that it names. @throws ParbakeError FILE_UNREADABLE, and as `parseRecipe` does */
export async function readRecipeFile(
  file: string,
  context: Pick<RecipeContext, 'variables' | 'env'>,
): Promise<Recipe> {
  const text = await readRequiredText(file);
  return parseRecipe(text, { ...context, file, beside: filesBeside(file) });
}

/** Keys and the like: small files, wanted before anything else happens. */
function filesBeside(recipe: string): ReadBeside {
  return (path) => {
    try {
      return { ok: true, text: readFileSync(resolve(dirname(recipe), path), 'utf8') };
    } catch (cause) {
      return { ok: false, reason: reasonOf(cause) };
    }
  };
}
