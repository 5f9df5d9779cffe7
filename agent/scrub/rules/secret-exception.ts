/** Rule of the search for secrets, beside those that remove something. */
export const secretsRule = 'secrets';

/** Check of what the initramfs has, which is no rule either: it has to be built anew. */
export const initramfsCheck = 'initramfs';

/** Check for the images of the bake, which is no rule either: they have to be baked again. */
export const imagesCheck = 'images';

/** Begins an exception that names a file in place of a rule. */
export const secretException = 'secret:';
