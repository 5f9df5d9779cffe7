#!/bin/sh
# Tags the image with the digest of the manifest that is in it, so that it can be told what an image holds without
# launching it. Runs where Packer runs, with the AWS CLI. Needs PARBAKE_BUILD, PARBAKE_MANIFEST and AWS_REGION.
set -eu

digest=$(openssl dgst -sha256 -r "$PARBAKE_MANIFEST" | cut -d ' ' -f 1)
image=$(aws ec2 describe-images --region "$AWS_REGION" --owners self --output text \
  --filters "Name=tag:parbake:build,Values=$PARBAKE_BUILD" --query 'Images[].ImageId')
case $image in
ami-*) ;;
*)
  echo "no image has the tag parbake:build=$PARBAKE_BUILD" >&2
  exit 1
  ;;
esac
aws ec2 create-tags --region "$AWS_REGION" --resources "$image" \
  --tags "Key=parbake:manifest-sha256,Value=$digest"
echo "$image holds the manifest $digest"
