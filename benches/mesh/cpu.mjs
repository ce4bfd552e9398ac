// CPU time of a process with all processes below it, and of the machine, from /proc (proc(5)). Unit: second.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of a process and of its descendants, of those that are alive. */
export function treeSeconds(root) {
  const parents = new Map();
  const ticks = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statOf(entry);
    if (!fields) continue;
    // Fields 4, 14 and 15 of the line. The first here is the third.
    parents.set(Number(entry), Number(fields[1]));
    ticks.set(Number(entry), Number(fields[11]) + Number(fields[12]));
  }
  const isBelow = (pid) => {
    for (let at = pid; at; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  const below = [...ticks].filter(([pid]) => isBelow(pid));
  if (below.length === 0) throw new Error(`no process ${root}`);
  return below.reduce((sum, [, count]) => sum + count, 0) / TICKS_PER_SECOND;
}

/** Time that all processors together were not idle. */
export function machineSeconds() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** The fields of `/proc/PID/stat` after the name, which may hold spaces and parentheses. */
function statOf(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    // The process has ended meanwhile.
    return undefined;
  }
}
