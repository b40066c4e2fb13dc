export type Language = 'curl' | 'Python' | 'JavaScript';

/** Programs that ask the same as the form did. The token is a variable of whoever runs them, and never shown. */
export function snippets(
  url: string,
  asked: unknown,
  part: string
): readonly (readonly [Language, string])[] {
  const body = JSON.stringify(asked);
  return [
    [
      'curl',
      [
        `curl ${quoted(url)} \\`,
        '  -H "Authorization: token $CRISPDM_TOKEN" -H "Content-Type: application/json" \\',
        `  -d ${quoted(body)}`
      ].join('\n')
    ],
    [
      'Python',
      [
        'import json, os, urllib.request',
        '',
        `body = json.dumps(json.loads(${JSON.stringify(body)})).encode()`,
        'headers = {"Authorization": "token " + os.environ["CRISPDM_TOKEN"], "Content-Type": "application/json"}',
        `request = urllib.request.Request(${JSON.stringify(url)}, body, headers)`,
        `print(json.load(urllib.request.urlopen(request))["${part}"])`
      ].join('\n')
    ],
    [
      'JavaScript',
      [
        `const answer = await fetch(${JSON.stringify(url)}, {`,
        "  method: 'POST',",
        "  headers: { Authorization: `token ${process.env.CRISPDM_TOKEN}`, 'Content-Type': 'application/json' },",
        `  body: JSON.stringify(${body})`,
        '});',
        `console.log((await answer.json()).${part});`
      ].join('\n')
    ]
  ];
}

/** A word of a shell, whatever stands in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
