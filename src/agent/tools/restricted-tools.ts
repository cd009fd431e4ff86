/** The tools as a turn's settings leave them: what is switched off is not there, and more calls may need a person. */
import type { TurnSettings } from '../turn.ts';
import type { CalledTool, NamedCall } from './called-tool.ts';
import type { ToolBox } from './tool-box.ts';

/** The same box where the settings say nothing of tools. They only ever take away. */
export function restrictTools(box: ToolBox, { toolsOff, approval }: TurnSettings = {}): ToolBox {
  if (toolsOff === undefined && approval === undefined) return box;
  const isServerOff = (name: string | undefined) => name !== undefined && toolsOff?.servers.includes(name) === true;
  const find = (call: NamedCall): CalledTool | undefined => {
    const called = box.find(call);
    if (called === undefined || toolsOff?.tools.includes(call.name) === true || isServerOff(called.server))
      return undefined;
    return { ...called, needsApproval: called.needsApproval || demandsApproval(called) };
  };
  // What asks no server, such as the search for tools, does nothing outside.
  const demandsApproval = ({ server, isDestructive }: CalledTool) =>
    server !== undefined && (approval?.when === 'always' || (approval?.when === 'destructive' && isDestructive));
  const isOn = (name: string) => find({ name, arguments: '' }) !== undefined;
  return {
    offer: (found) => box.offer(found).filter(({ function: { name } }) => isOn(name)),
    instructions: box.instructions.filter(({ server }) => !isServerOff(server)),
    get servers() {
      return box.servers
        .filter(({ server }) => !isServerOff(server))
        .map((server) => ({ ...server, tools: server.tools.filter(({ name }) => isOn(name)) }));
    },
    get isDown() {
      const left = box.servers.filter(({ server }) => !isServerOff(server));
      return left.length > 0 && left.every(({ isUp }) => !isUp);
    },
    find,
    approvalOf: (call) => {
      const known = box.approvalOf(call);
      return known && { ...known, notAsker: known.notAsker || approval?.notAsker === true };
    },
    problemWith: (call, args) => box.problemWith(call, args),
    call: async (call, args, context) => {
      if (box.find(call) === undefined || find(call) !== undefined) return await box.call(call, args, context);
      return { ok: false, text: `Not run: the tool "${call.name}" is switched off here.` };
    },
  };
}
