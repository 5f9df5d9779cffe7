#!/bin/sh
# Starts Docker and bakes. Needs PARBAKE_RECIPE; takes PARBAKE_LOCK and ECR_REGISTRY, and for the manifest
# PARBAKE_IMAGE_NAME, PARBAKE_SOURCE_IMAGE_NAME and PARBAKE_BUILD_ID. The recipe's variables are asked of the environment.
set -eu

if [ -d /run/systemd/system ]; then systemctl start docker; else service docker start; fi
# Not every way to start it waits until it listens.
tries=0
until [ -S /run/docker.sock ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo 'Docker does not listen at /run/docker.sock after a minute' >&2
    exit 1
  fi
  sleep 1
done

set -- --recipe "$PARBAKE_RECIPE"
if [ -n "${PARBAKE_LOCK:-}" ]; then set -- "$@" --lock "$PARBAKE_LOCK" --frozen; fi
set -- "$@" --image-name "${PARBAKE_IMAGE_NAME:-}" --source-image-name "${PARBAKE_SOURCE_IMAGE_NAME:-}" \
  --build-id "${PARBAKE_BUILD_ID:-}"
# The password stays in memory: no login is left for the scrub.
if [ -n "${ECR_REGISTRY:-}" ]; then
  region=$(echo "$ECR_REGISTRY" | cut -d . -f 4)
  set -- "$@" --login-command \
    "$ECR_REGISTRY=[\"aws\",\"ecr\",\"get-login-password\",\"--region\",\"$region\"]"
fi
parbake-agent bake "$@"
