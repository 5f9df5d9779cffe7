import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  withNews,
  withRepositoryNews,
  type Head,
  type HeadNews,
} from '../../coordinator/core/preview/head.ts';
import { keyOf } from '../../coordinator/core/preview/news.ts';
import { newsOf } from '../../coordinator/core/preview/payload.ts';
import {
  aDelete,
  anInstallation,
  aPullRequest,
  aPush,
  aRepositoryEvent,
  aSha,
  shop,
  zeros,
} from '../fakes/github-payloads.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(aSha);
const start = 1_700_000_000;

function headNews(event: string, payload: object): HeadNews {
  const [news] = newsOf(event, payload);
  if (news?.kind !== 'pushed' && news?.kind !== 'deleted' && news?.kind !== 'pull_request')
    throw new Error('no news of a branch');
  return news;
}

function push(before: string | undefined, after: string | undefined, at: number): HeadNews {
  const payload = aPush({
    branch: 'x',
    at,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
  return headNews('push', payload);
}

function pull(
  action: string,
  sha: string,
  at: number,
  more: { from?: null; before?: string } = {},
): HeadNews {
  return headNews('pull_request', aPullRequest({ action, number: 17, branch: 'x', sha, at, ...more }));
}

function all(news: readonly HeadNews[]): Head | undefined {
  let head: Head | undefined;
  for (const one of news) head = withNews(head, keyOf(one), one);
  return head;
}

describe('news of a branch', () => {
  test.each<[string, HeadNews[], Partial<Head>]>([
    ['a push', [push(undefined, a, 1)], { sha: a ?? '', key: 'branch/x', label: 'x', isGone: false }],
    ['two pushes', [push(undefined, a, 1), push(a, b, 2)], { sha: b ?? '' }],
    ['two pushes out of order', [push(a, b, 2), push(undefined, a, 1)], { sha: b ?? '' }],
    ['two pushes of one second out of order', [push(a, b, 1), push(undefined, a, 1)], { sha: b ?? '' }],
    [
      'three pushes of one second, the last one first',
      [push(b, c, 1), push(undefined, a, 1), push(a, b, 1)],
      { sha: c ?? '' },
    ],
    ['a forced push back', [push(undefined, a, 1), push(a, b, 2), push(b, a, 3)], { sha: a ?? '' }],
    ['a deletion', [push(undefined, a, 1), push(a, undefined, 2)], { isGone: true }],
    [
      'a deletion, then a late push',
      [push(undefined, a, 1), push(b, undefined, 3), push(a, b, 2)],
      { isGone: true },
    ],
    [
      'a branch that comes back',
      [push(undefined, a, 1), push(a, undefined, 2), push(undefined, b, 3)],
      { isGone: false, sha: b ?? '' },
    ],
    ['the delete event', [push(undefined, a, 1), headNews('delete', aDelete('x', 2))], { isGone: true }],
  ])('%s', (_, news, expected) => {
    expect(all(news)).toMatchObject(expected);
  });

  test.each<[string, HeadNews[], Partial<Head>]>([
    [
      'opened',
      [pull('opened', a ?? '', 1)],
      { sha: a ?? '', pullRequest: { number: 17, isOpen: true, at: 1 } },
    ],
    [
      'closed',
      [pull('opened', a ?? '', 1), pull('closed', a ?? '', 2)],
      { pullRequest: { number: 17, isOpen: false, at: 2 } },
    ],
    [
      'closed, and what was before comes late',
      [pull('opened', a ?? '', 1), pull('closed', b ?? '', 3), pull('synchronize', b ?? '', 2)],
      { pullRequest: { number: 17, isOpen: false, at: 3 } },
    ],
    [
      'closed in the second of the last change',
      [pull('opened', a ?? '', 1), pull('closed', a ?? '', 2), pull('edited', a ?? '', 2)],
      { pullRequest: { number: 17, isOpen: false, at: 2 } },
    ],
    [
      'reopened',
      [pull('opened', a ?? '', 1), pull('closed', a ?? '', 2), pull('reopened', a ?? '', 3)],
      { pullRequest: { number: 17, isOpen: true, at: 3 } },
    ],
  ])('a pull request that is %s', (_, news, expected) => {
    expect(all(news)).toMatchObject(expected);
  });

  test('what was over before it was known does not begin with late news', () => {
    expect(all([pull('closed', a ?? '', 2), pull('opened', a ?? '', 1)])?.sha).toBe('');
    expect(all([push(a, undefined, 2), push(undefined, a, 1)])?.isGone).toBe(true);
  });

  test('a fork is its pull request, whose repository may be gone', () => {
    const head = all([pull('opened', a ?? '', 1, { from: null })]);
    expect(head).toMatchObject({ key: 'pull/17', label: 'pr-17', isFork: true, sha: a, approvedSha: '' });
    const next = all([
      pull('opened', a ?? '', 1, { from: null }),
      pull('synchronize', b ?? '', 2, { from: null, before: a ?? '' }),
    ]);
    expect(next?.sha).toBe(b);
  });

  test('news of its repository', () => {
    const head = all([push(undefined, a, 1)]);
    if (head === undefined) throw new Error('no head');
    expect(withRepositoryNews(head, { kind: 'renamed', repository: 'acme/store' }).repository).toBe(
      'acme/store',
    );
    expect(withRepositoryNews(head, { kind: 'lost', repository: 'acme/shop' }).isGone).toBe(true);
  });

  test('ends at the same commit, however often and in whatever order it comes', () => {
    // Each push is one second later than the one before, as GitHub counts, or within the same second.
    const steps = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), (seconds, random) => {
        const shas = seconds.map((_, index) => aSha(`commit ${index}`));
        let at = start;
        const pushes = seconds.map((passed, index) => push(shas[index - 1], shas[index], (at += passed)));
        const order = [...pushes, ...pushes.filter((_, index) => index % 2 === 0)]
          .map((one) => ({ one, by: random.next().value ?? 0 }))
          .sort((one, other) => one.by - other.by)
          .map(({ one }) => one);
        expect(all(order)?.sha).toBe(shas.at(-1));
      }),
    );
  });

  test('a deletion stays, whatever comes late', () => {
    const news = [push(undefined, a, 1), push(a, b, 2), push(b, c, 3), pull('opened', c ?? '', 4)];
    fc.assert(
      fc.property(fc.shuffledSubarray(news), (late) => {
        const head = all([push(undefined, d, 1), push(d, undefined, 5), ...late]);
        expect(head?.isGone).toBe(true);
      }),
    );
  });
});

describe('a payload', () => {
  test('of an installation is news of each repository', () => {
    expect(
      newsOf('installation', anInstallation('deleted', [shop, { id: 2, full_name: 'acme/site' }])),
    ).toEqual([
      { kind: 'lost', repositoryId: 4711, repository: 'acme/shop' },
      { kind: 'lost', repositoryId: 2, repository: 'acme/site' },
    ]);
    expect(newsOf('repository', aRepositoryEvent('renamed', shop, 1))).toMatchObject([{ kind: 'renamed' }]);
    expect(newsOf('repository', aRepositoryEvent('edited', shop, 1))).toEqual([]);
  });

  test('that changes no branch is none', () => {
    const tag = { ...aPush({ branch: 'x', after: a ?? '', at: 1 }), ref: 'refs/tags/v1' };
    expect(newsOf('push', tag)).toEqual([]);
    expect(newsOf('star', {})).toEqual([]);
    expect(
      newsOf(
        'pull_request',
        aPullRequest({ action: 'labeled', number: 1, branch: 'x', sha: a ?? '', at: 1 }),
      ),
    ).toEqual([]);
  });

  test.each<[string, string, (payload: Record<string, unknown>) => unknown, RegExp]>([
    ['no object', 'push', () => null, /push is not an object/],
    ['a list', 'push', () => [], /push is not an object/],
    ['no repository', 'push', (push) => ({ ...push, repository: undefined }), /push\.repository/],
    ['a repository without a number', 'push', (push) => ({ ...push, repository: { id: 'x' } }), /\.id/],
    ['no commit', 'push', (push) => ({ ...push, after: 'main; rm -rf /' }), /push\.after is not a commit/],
    ['a commit in capitals', 'push', (push) => ({ ...push, after: 'A'.repeat(40) }), /push\.after/],
    ['a text that is a number', 'push', (push) => ({ ...push, ref: 7 }), /push\.ref/],
    [
      'a name with a path',
      'push',
      (push) => ({ ...push, repository: { id: 1, full_name: '../x' } }),
      /full_name/,
    ],
    [
      'a time of no kind',
      'push',
      (push) => ({ ...push, repository: { id: 1, full_name: 'a/b', pushed_at: {} } }),
      /pushed_at/,
    ],
  ])('with %s is refused', (_, event, change, expected) => {
    const payload = change(aPush({ branch: 'x', after: a ?? '', at: 1 }));
    expect(() => newsOf(event, payload)).toThrow(expected);
  });

  test('with a branch that no terminal should show is not one', () => {
    for (const branch of ['a b', 'a\u202eb', 'a\u0007', 'a\ud800', 'a:b', 'x'.repeat(256)])
      expect(newsOf('push', aPush({ branch, after: a ?? '', at: 1 }))).toEqual([]);
    expect(newsOf('push', aPush({ branch: 'x', before: a ?? '', after: zeros, at: 1 }))).toMatchObject([
      { kind: 'deleted' },
    ]);
  });
});
