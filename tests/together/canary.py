"""A script that says its token through every stream, and every form in which one might find it."""

import base64
from collections.abc import Iterator

FLOOD = r"""
param([string] $TokenFile)
$token = (Get-Content -Raw $TokenFile | ConvertFrom-Json).access_token
$utf8 = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($token))
$utf16 = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("say $token"))
$half = [int] ($token.Length / 2)
foreach ($form in $token, "Bearer $token", $utf8, $utf16, [uri]::EscapeDataString("a=$token&b")) {
    [pscustomobject]@{ Text = $form; Nested = @{ Deep = @($form) } }
    [pscustomobject]@{ $form = 'as a name' }
    $form
    Write-Error "error: $form" -ErrorId $form -TargetObject $form
    Write-Warning "warning: $form"
    Write-Verbose "verbose: $form" -Verbose
    Write-Debug "debug: $form" -Debug
    Write-Information "information: $form" -Tags $form
    Write-Host "host: $form"
    $form | Register-JobItem | ForEach-Object { Write-JobItem $_ Succeeded "did $form" }
    Save-JobCheckpoint @{ $form = @($form) }
    Write-Progress -Activity $form -Status $form -CurrentOperation $form
    [Console]::Out.WriteLine("out: $form")
    [Console]::Error.WriteLine("error: $form")
    /usr/bin/env printf '%s\n' "$form"
    /usr/bin/env sh -c 'printf %s "$1" >&2' sh $form
}
[Console]::Out.Write('split: ' + $token.Substring(0, $half)); [Console]::Out.Flush()
Start-Sleep -Milliseconds 300
[Console]::Out.WriteLine($token.Substring($half)); [Console]::Out.Flush()
$token | Set-Content own-copy
throw [InvalidOperationException]::new("outer $token", [Exception]::new("inner $utf8"))
"""


def forms_of(token: str) -> dict[str, str]:
    """Return each text that would give *token* away, by what it is."""
    named = {"the token": token} | dict(
        zip(("its header", "its claims", "its signature"), token.split("."), strict=True)
    )
    return {
        f"{name}, {how}": form
        for name, text in named.items()
        for how, form in [("as it is", text), *_encoded(text)]
    }


def _encoded(text: str) -> Iterator[tuple[str, str]]:
    # Three alignments each, without the characters that share bits with what stands beside.
    for charset in ("utf-8", "utf-16-le"):
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + text.encode(charset)).decode()
            yield f"base64 of {charset} at {shift}", whole[4:-4]
