/** The little of MathJax that is used here: the package brings no types. */
declare module 'mathjax' {
  interface Adaptor {
    /** The markup within an element. */
    innerHTML(node: unknown): string;
  }

  interface MathJaxLibrary {
    init(configuration: object): Promise<void>;
    /** Rejects with what is wrong with the LaTeX. */
    tex2svgPromise(latex: string, options: { readonly display: boolean }): Promise<unknown>;
    readonly startup: { readonly adaptor: Adaptor };
  }

  const library: MathJaxLibrary;
  export default library;
}
