/** A box of tools that is always the newest one: while a turn runs, its asker may log in at a server, and more tools are there. */
import type { SharedToolBox } from './tool-box.ts';

export function currentToolBox(current: () => SharedToolBox): SharedToolBox {
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
    serverNamed: (name) => current().serverNamed(name),
    find: (call) => current().find(call),
    approvalOf: (call) => current().approvalOf(call),
    problemWith: (call, args) => current().problemWith(call, args),
    call: (call, args, context) => current().call(call, args, context),
  };
}
