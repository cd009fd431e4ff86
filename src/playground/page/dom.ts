/** Makes elements. Text always goes in as text: nothing here, or anywhere in the page, reads markup from a string. */

export type Child = Node | string | false | null | undefined;

type Listeners = { readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };

export interface Properties {
  readonly class?: string;
  /** Attributes by name; `false` and `undefined` leave one out, `true` sets it without a value. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly on?: Listeners;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (properties.class) made.className = properties.class;
  setAttributes(made, properties.attributes ?? {});
  for (const [name, listener] of Object.entries(properties.on ?? {})) {
    // The listener's type is tied to its name above; entries() forgets it.
    made.addEventListener(name, listener as EventListener);
  }
  made.append(...present(children));
  return made;
}

export function setAttributes(
  target: Element,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? '' : String(value));
  }
}

export function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly SVGElement[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

export function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== false && child !== null && child !== undefined);
}

/** Puts `wanted` into the container in this order and takes out everything else; what stays is not touched. */
export function arrange(container: Element, wanted: readonly Element[]): void {
  const kept = new Set<Element>(wanted);
  for (const child of [...container.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, index) => {
    const present = container.children[index];
    if (present !== child) container.insertBefore(child, present ?? null);
  });
}

/**
 * Replaces the children, and gives the focus back to the one with the same `data-key`. Where they would look the same,
 * those that are there stay, or a click would be lost that is under way: what a listener does must show, in a
 * `data-key` at least.
 */
export function refill(container: Element, ...children: readonly Child[]): void {
  const wanted = container.cloneNode(false);
  if (!(wanted instanceof Element)) return;
  wanted.append(...present(children));
  if (wanted.isEqualNode(container)) return;
  const focused = container.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-key')
    : undefined;
  container.replaceChildren(...wanted.childNodes);
  if (focused) container.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
