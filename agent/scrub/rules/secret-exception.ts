/** Rule of the search for secrets, beside those that remove something. */
export const secretsRule = 'secrets';

/** The check of the initramfs. It is not a rule, as nothing can be removed: the initramfs has to be built anew. */
export const initramfsCheck = 'initramfs';

/** The check that the images of the bake are there. It is not a rule, as nothing can be removed: they have to be baked again. */
export const imagesCheck = 'images';

/** Begins an exception that names a file in place of a rule. */
export const secretException = 'secret:';
