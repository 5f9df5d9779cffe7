# Bakes container images into an AMI. Whatever else a product needs goes before the scrub.

locals {
  build         = uuidv4()
  default_types = { x86_64 = "t3.large", arm64 = "t4g.large" }
  instance_type = var.instance_type == "" ? local.default_types[var.architecture] : var.instance_type
  uploaded      = "/var/tmp/${basename(var.agent_package)}"
  image_name    = "${var.ami_name}-${formatdate("YYYYMMDD-hhmmss", timestamp())}-${substr(local.build, 0, 8)}"
}

source "amazon-ebs" "parbake" {
  region              = var.region
  custom_endpoint_ec2 = var.ec2_endpoint
  instance_type       = local.instance_type
  subnet_id           = var.subnet_id

  source_ami_filter {
    filters = {
      name                = var.source_ami_name
      architecture        = var.architecture
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
    owners      = [var.source_ami_owner]
    most_recent = true
  }

  # No metadata without a token: of the builder here, of the image's instances by imds_support. That gives instances a hop limit
  # of 2, at which containers can answer: launch them with 1, as README.md says. The package's unit parbake-block-metadata
  # closes the service to containers as well.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  imds_support = "v2.0"

  iam_instance_profile = var.iam_instance_profile
  # For as long as the build takes, and for pulling from ECR only.
  dynamic "temporary_iam_instance_profile_policy_document" {
    for_each = var.ecr_registry != "" && var.iam_instance_profile == "" ? [var.ecr_registry] : []
    content {
      Version = "2012-10-17"
      Statement {
        Effect = "Allow"
        Action = [
          "ecr:GetAuthorizationToken",
          "ecr:BatchCheckLayerAvailability",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchGetImage",
        ]
        Resource = ["*"]
      }
    }
  }

  launch_block_device_mappings {
    device_name           = var.root_device
    volume_type           = "gp3"
    volume_size           = var.disk_gib
    throughput            = var.disk_throughput
    iops                  = var.disk_iops
    delete_on_termination = true
  }

  communicator              = "ssh"
  ssh_username              = var.ssh_username
  ssh_interface             = var.ssh_interface
  ssh_clear_authorized_keys = true

  ami_name     = local.image_name
  ami_users    = var.ami_users
  ami_regions  = var.ami_regions
  encrypt_boot = var.encrypt
  kms_key_id   = var.kms_key_id
  run_tags     = merge(var.tags, { Name = "${var.ami_name} builder" })
  # tag-ami.sh adds the digest of Parbake's manifest, which there is only after the build.
  tags = merge(var.tags, {
    Name                = var.ami_name
    "parbake:build"     = local.build
    "parbake:base"      = "{{ .SourceAMI }}"
    "parbake:base-name" = "{{ .SourceAMIName }}"
  })
  snapshot_tags = merge(var.tags, { Name = var.ami_name, "parbake:build" = local.build })
}

build {
  sources = ["source.amazon-ebs.parbake"]

  provisioner "file" {
    sources     = compact(concat([var.agent_package, var.recipe, var.lock, var.tls_ca], var.keys))
    destination = "/var/tmp/"
  }

  provisioner "shell" {
    script          = "${path.root}/scripts/install.sh"
    remote_folder   = "/var/tmp"
    execute_command = "sudo env {{ .Vars }} sh {{ .Path }}"
    environment_vars = [
      "PARBAKE_PACKAGE=${local.uploaded}",
      "ECR_REGISTRY=${var.ecr_registry}",
    ]
  }

  provisioner "shell" {
    script          = "${path.root}/scripts/settings.sh"
    remote_folder   = "/var/tmp"
    execute_command = "sudo env {{ .Vars }} sh {{ .Path }}"
    environment_vars = [
      "PARBAKE_COORDINATOR=${var.coordinator}",
      "PARBAKE_TLS_CA=${var.tls_ca == "" ? "" : "/var/tmp/${basename(var.tls_ca)}"}",
      "PARBAKE_ATTEST=${var.attest}",
    ]
  }

  provisioner "shell" {
    script          = "${path.root}/scripts/bake.sh"
    remote_folder   = "/var/tmp"
    execute_command = "sudo env {{ .Vars }} sh {{ .Path }}"
    environment_vars = concat(var.recipe_vars, [
      "PARBAKE_RECIPE=/var/tmp/${basename(var.recipe)}",
      "PARBAKE_LOCK=${var.lock == "" ? "" : "/var/tmp/${basename(var.lock)}"}",
      "ECR_REGISTRY=${var.ecr_registry}",
      "PARBAKE_IMAGE_NAME=${local.image_name}",
      "PARBAKE_SOURCE_IMAGE_NAME=${build.SourceAMIName}",
      "PARBAKE_BUILD_ID=${build.PackerRunUUID}",
    ])
  }

  # Provisioners of a product go here.

  provisioner "shell" {
    inline          = ["parbake-agent scrub --yes"]
    remote_folder   = "/var/tmp"
    execute_command = "sudo env {{ .Vars }} sh {{ .Path }}"
  }

  # Only read: the machine stays as the scrub left it.
  provisioner "file" {
    direction   = "download"
    source      = "/usr/lib/parbake/manifest.json"
    destination = "${var.output}/parbake-manifest.json"
  }

  provisioner "shell" {
    inline          = ["parbake-agent verify"]
    remote_folder   = "/var/tmp"
    execute_command = "sudo env {{ .Vars }} sh {{ .Path }}"
  }

  post-processors {
    post-processor "manifest" {
      output      = "${var.output}/packer-manifest.json"
      custom_data = { build = local.build, recipe = var.recipe }
    }
    post-processor "shell-local" {
      script          = "${path.root}/scripts/tag-ami.sh"
      execute_command = ["/bin/sh", "-c", "{{ .Vars }} sh {{ .Script }}"]
      environment_vars = [
        "AWS_REGION=${var.region}",
        "PARBAKE_BUILD=${local.build}",
        "PARBAKE_MANIFEST=${var.output}/parbake-manifest.json",
      ]
    }
  }
}
