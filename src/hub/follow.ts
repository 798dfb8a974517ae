const MOST_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches `address` and follows redirects. The token is sent only to the first origin: large files lie on other servers, at signed
 * addresses. A redirect from HTTPS to plain HTTP is refused.
 * @param nonsense throws the error for a redirect that is not followed
 */
export async function follow(address: URL, init: RequestInit, nonsense: (found: string) => never): Promise<Response> {
  const headers = new Headers(init.headers);
  let url = address;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : nonsense('a redirect to no address');
    if (!['https:', url.protocol].includes(next.protocol))
      nonsense(`a redirect from ${url.protocol} to ${next.protocol}`);
    if (next.origin !== url.origin) headers.delete('authorization');
    url = next;
  }
  return nonsense(`more than ${MOST_REDIRECTS} redirects in a row`);
}
