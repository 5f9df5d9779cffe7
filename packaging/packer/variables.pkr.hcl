variable "agent_package" {
  type        = string
  description = "The agent's .deb or .rpm, for the architecture of the image."
}

variable "coordinator" {
  type        = string
  description = "Where instances of the image check in, host:port; empty when user data or a tag says it later."
  default     = ""

  validation {
    condition     = var.coordinator == "" || length(split(":", var.coordinator)) == 2
    error_message = "Coordinator must be host:port, such as 10.0.1.10:7443."
  }
}

variable "tls_ca" {
  type        = string
  description = "The coordinator's CA, a PEM file on this machine, which is public; empty to leave TLS to user data."
  default     = ""
}

variable "attest" {
  type        = string
  description = "With tls_ca: how an instance proves itself to get a certificate of its own, aws or join-token:FILE; empty to leave it to user data."
  default     = "aws"
}

variable "recipe" {
  type        = string
  description = "The recipe on this machine: which images, which roles."
  default     = "parbake.yaml"
}

variable "lock" {
  type        = string
  description = "The recipe's parbake.lock on this machine, to bake exactly what it says; empty to ask the registries."
  default     = ""
}

variable "keys" {
  type        = list(string)
  description = "Public keys on this machine; the recipe names each as ./ and its file's name in a cosign_key."
  default     = []
}

variable "recipe_vars" {
  type        = list(string)
  description = "Values for the recipe's variables, each NAME=VALUE."
  default     = []

  validation {
    condition     = length([for one in var.recipe_vars : one if length(split("=", one)) < 2]) == 0
    error_message = "Each of recipe_vars must be NAME=VALUE."
  }
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "architecture" {
  type        = string
  description = "x86_64 or arm64: of the image, and so of the builder."
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "Architecture must be x86_64 or arm64."
  }
}

variable "instance_type" {
  type        = string
  description = "Of the builder; empty for one that fits the architecture."
  default     = ""
}

variable "subnet_id" {
  type        = string
  description = "Where the builder runs; empty for the default VPC."
  default     = ""
}

variable "source_ami_name" {
  type        = string
  description = "Name of the image to build on, with wildcards; the newest is taken."
  default     = "debian-12-*"
}

variable "source_ami_owner" {
  type        = string
  description = "Debian's account, as https://wiki.debian.org/Cloud/AmazonEC2Image lists it."
  default     = "136693071363"
}

variable "ssh_username" {
  type        = string
  description = "As the source image has it."
  default     = "admin"
}

variable "ssh_interface" {
  type        = string
  description = "How Packer reaches the builder: public_ip, private_ip, public_dns, private_dns or session_manager; empty for Packer's choice. session_manager needs an iam_instance_profile that lets SSM in."
  default     = ""

  validation {
    condition     = contains(["", "public_ip", "private_ip", "public_dns", "private_dns", "session_manager"], var.ssh_interface)
    error_message = "Ssh_interface must be public_ip, private_ip, public_dns, private_dns or session_manager."
  }
}

variable "iam_instance_profile" {
  type        = string
  description = "The builder's profile; empty for none, or for a temporary one that may only pull, with ecr_registry."
  default     = ""
}

variable "root_device" {
  type        = string
  description = "As the source image names it."
  default     = "/dev/xvda"
}

variable "disk_gib" {
  type    = number
  default = 20
}

variable "disk_throughput" {
  type        = number
  description = "MiB/s; 125 is what gp3 has at no further cost."
  default     = 125
}

variable "disk_iops" {
  type        = number
  description = "3000 is what gp3 has at no further cost."
  default     = 3000
}

variable "ami_name" {
  type        = string
  description = "How the image's name begins; the time of the build and its id follow."
  default     = "parbake"
}

variable "ami_regions" {
  type        = list(string)
  description = "Regions that the image is copied to."
  default     = []
}

variable "encrypt" {
  type        = bool
  description = "Whether the image's disk is encrypted."
  default     = false
}

variable "kms_key_id" {
  type        = string
  description = "The key for it; empty for the account's own. Only for the region of the build: copies in ami_regions take each region's default key."
  default     = ""
}

variable "tags" {
  type        = map(string)
  description = "More tags for the image, its snapshots and the builder."
  default     = {}
}

variable "ami_users" {
  type        = list(string)
  description = "Accounts that may launch the image."
  default     = []
}

variable "ecr_registry" {
  type        = string
  description = "ACCOUNT.dkr.ecr.REGION.amazonaws.com, if images are pulled from there. Installs the AWS CLI on the builder."
  default     = ""
}

variable "ec2_endpoint" {
  type        = string
  description = "Another address of EC2's API, such as that of a VPC endpoint."
  default     = ""
}

variable "output" {
  type        = string
  description = "A directory on this machine for the manifests of Parbake and of Packer."
  default     = "."
}
