variable "agent_package" {
  type        = string
  description = "The agent's .deb or .rpm, for the architecture of the image."
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
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "architecture" {
  type        = string
  description = "x86_64 or arm64: of the image, and so of the builder."
  default     = "x86_64"
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
  type    = string
  default = "admin"
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
  type    = string
  default = "parbake"
}

variable "ami_users" {
  type        = list(string)
  description = "Accounts that may launch the image."
  default     = []
}

variable "ecr_registry" {
  type        = string
  description = "ACCOUNT.dkr.ecr.REGION.amazonaws.com, if images are pulled from there. The builder needs the AWS CLI then."
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
