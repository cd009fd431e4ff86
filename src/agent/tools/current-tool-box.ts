/** A box of tools that is always the newest one: while a turn runs, its asker may log in at a server, and more tools are there. */
import type { ToolBox } from './tool-box.ts';

export function currentToolBox(current: () => ToolBox): ToolBox {
  return {
    offer: (found) => current().offer(found),
    get instructions() {
      return current().instructions;
    },
    get servers() {
      return current().servers;
    },
    get isDown() {
      return current().isDown;
    },
    toolOf: (name) => current().toolOf(name),
    has: (name) => current().has(name),
    serverOf: (name) => current().serverOf(name),
    isRepeatable: (name) => current().isRepeatable(name),
    needsApproval: (name) => current().needsApproval(name),
    isDestructive: (name) => current().isDestructive(name),
    approvalOf: (name) => current().approvalOf(name),
    problemWith: (name, args) => current().problemWith(name, args),
    call: (name, args, context) => current().call(name, args, context),
  };
}
