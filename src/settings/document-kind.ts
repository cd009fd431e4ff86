/** How settings are stored: the kind of document, and what reads it. */
import type { DocumentKind } from '../agent/document.ts';
import type { ScopeDocument } from './scope-document.ts';

/** The schema library takes a twentieth of a second to load, which nobody needs to wait for where nothing is set. */
export const settingsDocuments: DocumentKind<ScopeDocument> = {
  name: 'settings',
  loadReader: async () => (await import('./read-document.ts')).readDocument,
};
