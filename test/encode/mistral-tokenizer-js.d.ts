declare module 'mistral-tokenizer-js' {
  const tokenizer: {
    /** Spellings in the order of their ids. */
    vocabById: string[];
    /** Pairs written `left right`, in the order of their ranks. */
    merges: Map<string, number>;
  };
  export default tokenizer;
}
