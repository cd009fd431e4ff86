/** The tools as a turn's settings leave them: what is switched off is not there, and more calls may need a person. */
import type { TurnSettings } from '../turn.ts';
import type { ToolBox } from './tool-box.ts';

/** The same box where the settings say nothing of tools. They only ever take away. */
export function restrictTools(box: ToolBox, { toolsOff, approval }: TurnSettings = {}): ToolBox {
  if (toolsOff === undefined && approval === undefined) return box;
  const isServerOff = (name: string | undefined) => name !== undefined && toolsOff?.servers.includes(name) === true;
  const isOff = (name: string) => toolsOff?.tools.includes(name) === true || isServerOff(box.serverOf(name));
  const has = (name: string) => box.has(name) && !isOff(name);
  // What is no server's, such as the search for tools, does nothing outside.
  const demandsApproval = (name: string) =>
    box.serverOf(name) !== undefined &&
    (approval?.when === 'always' || (approval?.when === 'destructive' && box.isDestructive(name)));
  return {
    offer: (found) => box.offer(found).filter(({ function: { name } }) => !isOff(name)),
    instructions: box.instructions.filter(({ server }) => !isServerOff(server)),
    get servers() {
      return box.servers
        .filter(({ server }) => !isServerOff(server))
        .map((server) => ({ ...server, tools: server.tools.filter(({ name }) => !isOff(name)) }));
    },
    get isDown() {
      const left = box.servers.filter(({ server }) => !isServerOff(server));
      return left.length > 0 && left.every(({ isUp }) => !isUp);
    },
    has,
    serverOf: (name) => box.serverOf(name),
    toolOf: (name) => (has(name) ? box.toolOf(name) : undefined),
    isRepeatable: (name) => has(name) && box.isRepeatable(name),
    isDestructive: (name) => has(name) && box.isDestructive(name),
    needsApproval: (name) => has(name) && (box.needsApproval(name) || demandsApproval(name)),
    approvalOf: (name) => {
      const known = box.approvalOf(name);
      return known && { ...known, notAsker: known.notAsker || approval?.notAsker === true };
    },
    problemWith: (name, args) => box.problemWith(name, args),
    call: async (name, args, context) => {
      if (!box.has(name) || has(name)) return await box.call(name, args, context);
      return { ok: false, text: `Not run: the tool "${name}" is switched off here.` };
    },
  };
}
