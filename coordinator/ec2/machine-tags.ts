/** Tags of every machine that a pool or an image build launches, and of the images themselves. */
export const tag = {
  fleet: 'parbake:fleet',
  pool: 'parbake:pool',
  launch: 'parbake:launch',
  spec: 'parbake:spec',
  build: 'parbake:build',
} as const;
