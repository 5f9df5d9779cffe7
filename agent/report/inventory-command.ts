import si from 'systeminformation';
import { command } from '../../proto/process/cli/command.ts';
import { inventoryDeclaration } from './inventory-declaration.ts';
import { exitCodes } from '../../proto/errors/exit.ts';

/**
 * A command of its own, which the daemon runs once after its check-in: the library asks many programs of the system,
 * and the memory for it goes when it ends.
 */
export const inventoryCommand = command(inventoryDeclaration, async (values, context) => {
  const attributes = await readInventory();
  const lines = Object.entries(attributes).map(([name, value]) => `${name.padEnd(24)} ${value}`.trimEnd());
  context.stdout.write(values.json ? `${JSON.stringify(attributes)}\n` : `${lines.join('\n')}\n`);
  return exitCodes.done;
});

/** Names follow OpenTelemetry's resource conventions where they have one. */
async function readInventory(): Promise<Record<string, string>> {
  const [os, cpu, memory, system, disks] = await Promise.all([
    si.osInfo(),
    si.cpu(),
    si.mem(),
    si.system(),
    si.diskLayout(),
  ]);
  const all = {
    'os.name': os.distro,
    'os.version': os.release,
    'os.kernel': os.kernel,
    'host.arch': os.arch,
    'host.cpu.model.name': `${cpu.manufacturer} ${cpu.brand}`.trim(),
    'host.cpu.count': String(cpu.cores),
    'host.memory.size': String(memory.total),
    'host.model': `${system.manufacturer} ${system.model}`.trim(),
    'host.virtualization': system.virtualHost ?? (system.virtual ? 'yes' : ''),
    ...Object.fromEntries(
      disks.map(({ device, size, type }) => [`host.disk.${device}`, `${size} ${type}`.trim()]),
    ),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '' && value !== '0'));
}
