# The token document, version 1, as the sidecar writes it.

function Get-Stamp {
    # What changes whenever the file is replaced; 1601 when there is none.
    param([string] $Path)
    [System.IO.File]::GetLastWriteTimeUtc($Path).Ticks
}

function Read-Token {
    <# .SYNOPSIS Reads the document. Throws a sentence when it cannot be used. #>
    param([string] $Path)
    # The stamp is taken first: a file replaced in between is then seen as changed at the next look.
    $stamp = Get-Stamp $Path
    $document = ConvertFrom-Json ([System.IO.File]::ReadAllText($Path)) -AsHashtable
    if ($document -isnot [hashtable] -or $document['version'] -ne 1) { throw "$Path is not a token document of version 1" }
    $document.expires_at = ([DateTime] $document.expires_at).ToUniversalTime()
    $document.stamp = $stamp
    $document
}

function Wait-NewToken {
    <# .SYNOPSIS Waits until the file is another one than that of -Stamp; tells whether it came in time. #>
    param([string] $Path, [long] $Stamp, [int] $Seconds)
    $until = [Environment]::TickCount64 + 1000L * $Seconds
    while ([Environment]::TickCount64 -lt $until) {
        if ((Get-Stamp $Path) -notin $Stamp, $NoFile) { return $true }
        Start-Sleep -Milliseconds 250
    }
    $false
}

$NoFile = Get-Stamp '/nonexistent/file'
