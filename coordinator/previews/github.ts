/** A status of a deployment, in GitHub's words. */
export interface DeploymentStatus {
  state: 'queued' | 'in_progress' | 'success' | 'failure' | 'inactive';
  description: string;
  /** Where the environment answers; empty for none. */
  url: string;
}

/** What previews need of GitHub. Each call throws ParbakeError GITHUB_UNAVAILABLE or GITHUB_REFUSED. */
export interface GitHub {
  /** The text of a file in the repository's default branch; undefined when it has none. */
  fileOf(repository: string, path: string, signal: AbortSignal): Promise<string | undefined>;
  /** The commit of a branch; undefined when there is no such branch. */
  branchOf(repository: string, branch: string, signal: AbortSignal): Promise<string | undefined>;
  /** A pull request, with its commit and when it was last changed, in seconds since the epoch; undefined for none. */
  pullRequestOf(
    repository: string,
    number: number,
    signal: AbortSignal,
  ): Promise<{ isOpen: boolean; sha: string; at: number } | undefined>;
  /** @returns its id */
  createDeployment(repository: string, sha: string, signal: AbortSignal): Promise<number>;
  setStatus(
    repository: string,
    deploymentId: number,
    status: DeploymentStatus,
    signal: AbortSignal,
  ): Promise<void>;
}
