agent_package = "dist/parbake-agent_0.1.0_amd64.deb"
recipe        = "packaging/packer/parbake.yaml"
recipe_vars = [
  "REGISTRY=123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  "SWARM_VERSION=1.2.9",
  "CADVISOR_VERSION=v0.33.0",
  "APP_VERSION=1.4.2",
]
ecr_registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
