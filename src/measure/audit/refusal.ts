/** How far into an answer a refusal begins: after a greeting, not after help was given. Characters. */
const OPENING = 160;
/** Longer answers help after all, once they have said what they cannot do. */
const LONGEST = 800;

const CANNOT =
  "(?:can ?not|can't|could not|couldn't|am unable to|'m unable to|am not able to|'m not able to|won't|will not)";
const SERVE =
  '(?:help|assist|answer|provide|fulfill?|comply|do that|do this|create|write|generate|give|offer|engage|support|respond|discuss|share|continue|participate|advise)';

/** English only. A sorry alone is none: "I'm sorry to hear that" comforts. */
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

/** Whether an answer is short and begins by saying that it will not answer. */
export function isRefusal(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return false;
  const opening = trimmed.slice(0, OPENING).replaceAll('’', "'").replaceAll(/\s+/g, ' ');
  return REFUSALS.some((refusal) => refusal.test(opening));
}
