import { ParbakeError } from '../../proto/errors/errors.ts';

export function instanceNotFound(instanceId: string): ParbakeError {
  return new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`, {
    resource: { type: 'parbake.v1.Instance', name: instanceId },
  });
}

export function assignmentNotFound(assignmentId: string): ParbakeError {
  return new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`, {
    resource: { type: 'parbake.v1.Assignment', name: assignmentId },
  });
}

export function previewNotFound(previewId: string): ParbakeError {
  return new ParbakeError('PREVIEW_NOT_FOUND', `there is no preview ${previewId}`, {
    resource: { type: 'parbake.v1.Preview', name: previewId },
  });
}

export function roleUnknown(name: string): ParbakeError {
  return new ParbakeError('ROLE_UNKNOWN', `there is no role "${name}"`, {
    resource: { type: 'parbake.v1.Role', name },
  });
}

export function poolNotFound(name: string): ParbakeError {
  return new ParbakeError('POOL_NOT_FOUND', `there is no pool "${name}"`, {
    resource: { type: 'parbake.v1.Pool', name },
  });
}

export function imageNotFound(buildId: string): ParbakeError {
  return new ParbakeError('MACHINE_IMAGE_NOT_FOUND', `there is no image "${buildId}"`, {
    resource: { type: 'parbake.v1.Image', name: buildId },
  });
}
