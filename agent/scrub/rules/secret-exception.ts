/** Rule of the search for secrets, beside those that remove something. */
export const secretsRule = 'secrets';

/** Begins an exception that names a file in place of a rule. */
export const secretException = 'secret:';
