import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { AssignmentFilter } from '../../store/store.ts';

/** @returns 1 to 1000; 100 when none was asked for */
export function pageSizeFromProto(size: number): number {
  if (size === 0) return 100;
  if (size < 1 || size > 1000) throw invalid('page_size', `is ${size}, not between 1 and 1000`);
  return size;
}

/** @param token from `pageToken`, or empty for the first page */
export function positionFromProto(token: string): Pick<AssignmentFilter, 'before'> {
  if (token === '') return {};
  const [, createTime, assignmentId] = /^(\d{1,15})\.([\w-]{1,128})$/.exec(token) ?? [];
  if (createTime === undefined || assignmentId === undefined)
    throw invalid('page_token', 'is not one of ours');
  return { before: { createTime: Number(createTime), assignmentId } };
}

export function required(field: string, value: string, maxLength: number): string {
  if (value === '') throw invalid(field, 'is required');
  if (value.length > maxLength) throw invalid(field, `has more than ${maxLength} characters`);
  return value;
}

export function invalid(field: string, problem: string): ParbakeError {
  return new ParbakeError('REQUEST_INVALID', `${field} ${problem}`);
}
