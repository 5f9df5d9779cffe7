#!/bin/sh
# Installs Docker, where there is none yet, and the agent's package. Needs PARBAKE_PACKAGE, a .deb or an .rpm. With
# ECR_REGISTRY it also installs the AWS CLI, which gets the registry's password.
set -eu

# It installs packages too when an instance boots, and holds their lock. The directory is there once it began.
if [ -d /run/cloud-init ]; then cloud-init status --wait >/dev/null || true; fi

case $PARBAKE_PACKAGE in
*.deb)
  export DEBIAN_FRONTEND=noninteractive
  missing=
  if ! command -v dockerd >/dev/null; then missing=docker.io; fi
  if [ -n "${ECR_REGISTRY:-}" ] && ! command -v aws >/dev/null; then missing="$missing awscli"; fi
  if [ -n "$missing" ]; then
    apt-get --quiet update
    apt-get --quiet install --yes --no-install-recommends $missing
  fi
  apt-get --quiet install --yes --no-install-recommends "$PARBAKE_PACKAGE"
  ;;
*.rpm)
  if ! command -v dockerd >/dev/null; then dnf --quiet --assumeyes install docker; fi
  if [ -n "${ECR_REGISTRY:-}" ] && ! command -v aws >/dev/null; then dnf --quiet --assumeyes install awscli; fi
  dnf --quiet --assumeyes install "$PARBAKE_PACKAGE"
  ;;
*)
  echo "$PARBAKE_PACKAGE is neither a .deb nor an .rpm" >&2
  exit 2
  ;;
esac
parbake-agent --version
