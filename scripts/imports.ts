/** Everything that a file imports, however it is written: statements, re-exports, `import()`, types from `import('…')`, files named by `new URL`. */
import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { callOf, lineOf, parseNodes, type SyntaxNode, textOf } from './syntax.ts';

export interface Import {
  readonly target:
    | { readonly type: 'file' /** From the root, with slashes. */; readonly path: string }
    | { readonly type: 'package'; readonly name: string }
    /** A name that shows only when the program runs. */
    | { readonly type: 'computed' };
  readonly line: number;
  /** `type`: erased before the program runs. `program`: not loaded, but named to be run as a process or a worker. */
  readonly kind: 'module' | 'type' | 'program';
}

export function readImports(root: string, path: string, source: string): Import[] {
  return parseNodes(path, source).flatMap((node) => {
    const named = findNamed(node);
    if (named === undefined) return [];
    return [{ target: toTarget(root, path, textOf(named)), line: lineOf(node, source), kind: kindOf(node) }];
  });
}

function kindOf({ type, importKind, exportKind }: SyntaxNode): Import['kind'] {
  if (type === 'NewExpression') return 'program';
  return type === 'TSImportType' || importKind === 'type' || exportKind === 'type' ? 'type' : 'module';
}

/** The part of a node that names a file or a package. */
function findNamed(node: SyntaxNode): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'TSImportType':
      return node.source ?? undefined;
    case 'TSExternalModuleReference':
      return node.expression;
    default: {
      const call = callOf(node);
      const isProgram = call?.name === 'URL' && /^\.\.?\/.*\.[cm]?[jt]s$/.test(textOf(call.argument) ?? '');
      return isProgram || call?.name === 'require' ? call.argument : undefined;
    }
  }
}

function toTarget(root: string, path: string, specifier: string | undefined): Import['target'] {
  if (specifier === undefined) return { type: 'computed' };
  if (!/^(?:\.|\/|file:)/.test(specifier)) {
    return { type: 'package', name: specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/') };
  }
  const file = fileURLToPath(new URL(specifier, pathToFileURL(`${root}/${path}`)));
  // TypeScript takes a `.ts` where a `.js` is named that is not there.
  const typescript = file.replace(/\.([cm]?)js$/, '.$1ts');
  const found = existsSync(file) || !existsSync(typescript) ? file : typescript;
  return { type: 'file', path: relative(root, found).replaceAll(sep, '/') };
}
