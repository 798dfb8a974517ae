/**
 * Two tests for answers that decline the request. `isRefusal` accepts a short answer that opens with a refusal: a label that prefers
 * such an answer is suspect. `isStockRefusal` is narrower: the whole answer is the stock sentence that data sets use as a placeholder,
 * so the slot holds no real answer.
 */

/** Characters at the start of an answer that are searched for a refusal: enough for a greeting before it. */
const OPENING = 160;
/** Characters. Longer answers usually help after the refusal. */
const LONGEST = 800;

const CANNOT =
  "(?:can ?not|can't|could not|couldn't|am unable to|'m unable to|am not able to|'m not able to|won't|will not)";
const SERVE =
  '(?:help|assist|answer|provide|fulfill?|comply|do that|do this|create|write|generate|give|offer|engage|support|respond|discuss|share|continue|participate|advise)';

/** English only. "Sorry" alone is no refusal: "I'm sorry to hear that" expresses sympathy. */
const REFUSALS: readonly RegExp[] = [
  new RegExp(`\\bI(?: really| simply| just)? ?${CANNOT}(?: \\w+)? ${SERVE}\\b`, 'i'),
  new RegExp(`^(?:I(?:'m| am) )?(?:so |very |really )?sorry,? (?:but )?I(?: \\w+)? ?${CANNOT}\\b`, 'i'),
  new RegExp(`^I (?:must |have to )?apologi[sz]e\\b.{0,40}\\bI ?${CANNOT}\\b`, 'i'),
  new RegExp(
    `\\bas an? (?:AI|artificial intelligence|language model)\\b.{0,80}\\bI ?(?:${CANNOT}|don't|do not)\\b`,
    'i',
  ),
  /^I (?:must |have to |respectfully )+decline\b/i,
  /\bI(?:'m| am) not (?:comfortable|programmed|permitted|allowed|designed)\b/i,
  /\bI (?:do not|don't) feel comfortable\b/i,
];

/** "I'm sorry, but I can't assist with that." and variants, as the whole answer. */
const STOCK =
  /^(i['’]?m |i am )?(really |very |truly )?sorry[,;.]? ?(but )?(as an ai( language model)?, )?i( ?['’]m| am)? ?(can['’]?t|cannot|can not|won['’]?t|unable to|not able to)( be able to)? (assist|help|fulfill|comply|do|provide|answer|continue)( you)?( with)?( that| this| your| the)?( request| question| information)?[.!]?$/i;
const LONGEST_STOCK = 120;

/** Whether an answer is short and opens with a refusal. */
export function isRefusal(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return false;
  const opening = trimmed.slice(0, OPENING).replaceAll('’', "'").replaceAll(/\s+/g, ' ');
  return REFUSALS.some((refusal) => refusal.test(opening));
}

/** Whether an answer is a stock refusal and nothing else. */
export function isStockRefusal(text: string): boolean {
  return text.length <= LONGEST_STOCK && STOCK.test(text.trim());
}
