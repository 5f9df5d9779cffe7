import { ownedStates } from '../../core/assignment-state.ts';
import type { Moment } from '../../core/model.ts';
import { isSameWish, withNews, withRepositoryNews, type Head } from '../../core/preview/head.ts';
import { keyOf, previewIdOf, type News } from '../../core/preview/news.ts';
import {
  noOutcome,
  notReported,
  type Outcome,
  type Preview,
  type Reported,
} from '../../core/preview/preview.ts';
import type { PreviewUseCases } from '../previews.ts';
import type { Database } from './database.ts';
import { takeJob } from './jobs.ts';
import { number, sqlList, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** Holds for previews that are over. */
const ended = `state IN ('NOT_WANTED', 'RELEASED')`;

export function previewCommands({ db }: Tables): PreviewUseCases {
  const change = async (previewId: string, at: Moment, changed: (head: Head) => Head): Promise<boolean> => {
    const { head } = (await previewOf(db, previewId)) ?? {};
    if (head === undefined) return false;
    await lock(db, head);
    const row = await previewOf(db, previewId);
    if (row !== undefined) await wish(db, row.head, changed(row.head), at);
    return row !== undefined;
  };
  return {
    async takeDelivery({ hook, guid, news }, at) {
      const isNew = await db.run(
        'INSERT INTO delivery (hook, guid, receive_time) VALUES (?, ?, ?) ON CONFLICT (hook, guid) DO NOTHING',
        ...[hook, guid, at.now],
      );
      return isNew > 0 && (await takeNews(db, news, at));
    },
    takeNews: (news, at) => takeNews(db, news, at),
    previews: async ({ repository = '', includeEnded, after = '', limit }) =>
      (
        await db.all(
          `SELECT * FROM preview WHERE preview_id > ?1 AND (?2 = '' OR repository = ?2)
             AND (?3 = 1 OR NOT (${ended} AND done_sequence = sequence))
           ORDER BY preview_id LIMIT ?4`,
          ...[after, repository, includeEnded ? 1 : 0, limit],
        )
      ).map(toPreview),
    preview: (previewId) => previewOf(db, previewId),
    duePreviews: async ({ now }, limit) =>
      (
        await db.all(
          `SELECT * FROM preview WHERE sequence <> done_sequence OR (next_look > 0 AND next_look <= ?1)
             OR (state = 'SERVING' AND NOT EXISTS (
                   SELECT 1 FROM assignment WHERE assignment.assignment_id = preview.assignment_id
                     AND assignment.state IN ${sqlList(ownedStates)}))
           ORDER BY receive_time LIMIT ?2`,
          ...[now, limit],
        )
      ).map(toPreview),
    async concludePreview(previewId, sequence, outcome, nextLook) {
      await db.run(
        `UPDATE preview SET done_sequence = ?1, state = ?2, assignment_id = ?3, outcome = ?4, next_look = ?5,
           revision = revision + CASE WHEN outcome = ?4 AND done_sequence = ?1 THEN 0 ELSE 1 END
         WHERE preview_id = ?6`,
        ...[sequence, outcome.state, outcome.assignmentId, JSON.stringify(outcome), nextLook, previewId],
      );
    },
    unreportedPreviews: async ({ now }, limit) =>
      (
        await db.all(
          `SELECT * FROM preview WHERE told_revision < revision AND next_report <= ?1
           ORDER BY next_report LIMIT ?2`,
          ...[now, limit],
        )
      ).map(toPreview),
    async reportedPreview(previewId, revision, reported, nextTry) {
      await db.run(
        `UPDATE preview SET told_revision = CASE WHEN ?1 > told_revision THEN ?1 ELSE told_revision END,
           reported = ?2, next_report = ?3
         WHERE preview_id = ?4`,
        ...[revision, JSON.stringify(reported), nextTry, previewId],
      );
    },
    releasePreview: (previewId, at) => change(previewId, at, (head) => ({ ...head, isReleased: true })),
    approvePreview: (previewId, sha, at) =>
      change(previewId, at, (head) => ({ ...head, approvedSha: sha, isReleased: false })),
    async removePreviews(before, limit) {
      const deliveries = await db.run(
        `DELETE FROM delivery WHERE (hook, guid) IN (
           SELECT hook, guid FROM delivery WHERE receive_time < ? LIMIT ?)`,
        ...[before, limit],
      );
      const previews = await db.run(
        `DELETE FROM preview WHERE preview_id IN (
           SELECT preview_id FROM preview
           WHERE ${ended} AND sequence = done_sequence AND receive_time < ? LIMIT ?)`,
        ...[before, limit],
      );
      const jobs = await db.run(
        `DELETE FROM job WHERE job_id IN (SELECT job_id FROM job WHERE receive_time < ? LIMIT ?)`,
        ...[before, limit],
      );
      return deliveries + previews + jobs;
    },
  };
}

async function takeNews(db: Database, news: readonly News[], at: Moment): Promise<boolean> {
  let isChanged = false;
  for (const one of news) isChanged = (await take(db, one, at)) || isChanged;
  return isChanged;
}

async function take(db: Database, news: News, at: Moment): Promise<boolean> {
  await lock(db, news);
  if (news.kind === 'job') return await takeJob(db, news.job, at);
  if (news.kind === 'renamed' || news.kind === 'lost') {
    let isChanged = false;
    const rows = await db.all('SELECT * FROM preview WHERE repository_id = ?', news.repositoryId);
    for (const { head } of rows.map(toPreview))
      isChanged = (await wish(db, head, withRepositoryNews(head, news), at)) || isChanged;
    return isChanged;
  }
  const key = keyOf(news);
  const before = (await previewOf(db, previewIdOf(news.repositoryId, key)))?.head;
  const after = withNews(before, key, news);
  return await wish(db, before, after, at);
}

/** What is known of one repository is changed by one transaction at a time. */
async function lock(db: Database, { repositoryId }: Pick<News, 'repositoryId'>): Promise<void> {
  await db.exclusively(`repository ${repositoryId}`);
}

/** Keeps what is wanted now. @returns whether that is another environment than before */
async function wish(db: Database, before: Head | undefined, after: Head, { now }: Moment): Promise<boolean> {
  if (after === before) return false;
  const { repositoryId, repository, key } = after;
  const previewId = previewIdOf(repositoryId, key);
  if (before === undefined) {
    await db.run(
      `INSERT INTO preview (preview_id, repository_id, repository, key, head, sequence, receive_time, state, outcome, reported)
       VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
      ...[previewId, repositoryId, repository, key, JSON.stringify(after), now],
      ...[noOutcome.state, JSON.stringify(noOutcome), JSON.stringify(notReported)],
    );
    return true;
  }
  const isSame = isSameWish(before, after);
  await db.run(
    `UPDATE preview SET head = ?1, repository = ?2, sequence = sequence + ?3,
       receive_time = CASE WHEN ?3 = 1 THEN ?4 ELSE receive_time END
     WHERE preview_id = ?5`,
    ...[JSON.stringify(after), repository, isSame ? 0 : 1, now, previewId],
  );
  return !isSame;
}

async function previewOf(db: Database, previewId: string): Promise<Preview | undefined> {
  const row = await db.one('SELECT * FROM preview WHERE preview_id = ?', previewId);
  return row === undefined ? undefined : toPreview(row);
}

/** What is JSON in a column was written by this store from the same types. */
function toPreview(row: Row): Preview {
  return {
    previewId: text(row, 'preview_id'),
    head: JSON.parse(text(row, 'head')) as Head,
    sequence: number(row, 'sequence'),
    receiveTime: number(row, 'receive_time'),
    doneSequence: number(row, 'done_sequence'),
    outcome: JSON.parse(text(row, 'outcome')) as Outcome,
    revision: number(row, 'revision'),
    reported: JSON.parse(text(row, 'reported')) as Reported,
  };
}
