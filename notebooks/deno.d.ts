/** What notebooks use of Deno; everything else they use is this repository's. */
declare namespace Deno {
  namespace jupyter {
    /** Shows data by media type. */
    function display(data: unknown, options: { readonly raw: true }): Promise<void>;
  }
}
