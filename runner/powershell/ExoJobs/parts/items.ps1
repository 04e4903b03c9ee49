# What a job works through, one by one: which items there are, how each ended, and where to go on after a stop.

$Items = @{
    Done = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::Ordinal); Checkpoint = $null; Shard = @{ index = 0; count = 1 }
}

function Initialize-Item {
    param([hashtable] $Plan)
    $told = $Plan['items'] ?? @{}
    if ($told['shard']) { $Items.Shard = $told.shard }
    if ($told['done']) { foreach ($id in [System.IO.File]::ReadLines($told.done)) { [void] $Items.Done.Add((ConvertFrom-Json $id)) } }
    if ($told['checkpoint']) { $Items.Checkpoint = [System.IO.File]::ReadAllText($told.checkpoint) }
}

function Register-JobItem {
    <#
    .SYNOPSIS
    Says which items the job is going to work on, and returns those that are still to be done.
    .DESCRIPTION
    An item that was registered and never reported counts as failed when the job ends. Where a run resumes an earlier
    one, what that has done is left out.
    .PARAMETER Id
    What names the item, such as a mailbox's GUID; the same in every run.
    .EXAMPLE
    foreach ($id in $mailboxes.Guid | Register-JobItem) { … ; Write-JobItem -Id $id -Status Succeeded }
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyCollection()] [string[]] $Id)
    begin { $all = [System.Collections.Generic.List[string]]::new() }
    process { foreach ($each in $Id) { if (-not $Items.Done.Contains($each)) { $all.Add($each) } } }
    end {
        for ($from = 0; $from -lt $all.Count; $from += 1000) {
            Write-ItemRecord items @{ ids = $all.GetRange($from, [Math]::Min(1000, $all.Count - $from)) }
        }
        $all
    }
}

function Write-JobItem {
    <#
    .SYNOPSIS
    Reports how one item ended.
    .PARAMETER Id
    What names the item.
    .PARAMETER Status
    Succeeded, Failed, or Skipped: nothing was to be done for it.
    .PARAMETER Detail
    A sentence for people.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [string] $Id,
        [Parameter(Mandatory, Position = 1)] [ValidateSet('Succeeded', 'Failed', 'Skipped')] [string] $Status,
        [Parameter(Position = 2)] [string] $Detail = '')
    Write-ItemRecord item ([ordered]@{ id = $Id; status = $Status.ToLowerInvariant(); detail = (Limit-Text $Detail 1000) })
}

function Save-JobCheckpoint {
    <#
    .SYNOPSIS
    Keeps a value for a run that resumes this one, such as a page's cookie.
    .PARAMETER Data
    Anything that JSON can hold, at most 1 MB of it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowNull()] $Data)
    process {
        $json = ConvertTo-Json -InputObject $Data -Depth 10 -Compress
        if ($json.Length -gt 1MB) { throw "Save-JobCheckpoint: the value has $($json.Length) characters as JSON; 1,048,576 are allowed. Keep what tells where to go on, not the work itself." }
        $Items.Checkpoint = $json
        Write-ItemRecord checkpoint @{ json = $json }
    }
}

function Get-JobCheckpoint {
    <# .SYNOPSIS Returns what was kept last, in this run or in the one that it resumes; nothing if there is none. #>
    [CmdletBinding()]
    param()
    if ($null -ne $Items.Checkpoint) { ConvertFrom-Json $Items.Checkpoint }
}

function Get-JobShard {
    <#
    .SYNOPSIS
    Passes on what belongs to this shard of an indexed job; everything where there is one shard.
    .DESCRIPTION
    An object belongs to the shard that the SHA-256 of its key says, so it stays where it is when others come and go.
    .PARAMETER InputObject
    Texts, or objects with the property of -Key.
    .PARAMETER Key
    The property that names an object; without it the object itself as text.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string] $Key)
    begin { $sha = [System.Security.Cryptography.SHA256]::Create() }
    process {
        $name = if (-not $Key) { [string] $InputObject } elseif ($InputObject.PSObject.Properties[$Key]) { [string] $InputObject.$Key }
        if (-not $name) { throw "Get-JobShard: an object without $(if ($Key) { "a property $Key" } else { 'a text' }) belongs to no shard." }
        $hash = $sha.ComputeHash([System.Text.Encoding]::UTF8.GetBytes($name))
        $number = [System.Buffers.Binary.BinaryPrimitives]::ReadUInt64BigEndian($hash)
        if ($number % $Items.Shard.count -eq $Items.Shard.index) { $InputObject }
    }
    clean { ${sha}?.Dispose() }
}

function Write-ItemRecord {
    param([string] $Kind, [System.Collections.IDictionary] $Fields)
    if ($state.Stream) { Write-Record $Kind $Fields }
    else { Microsoft.PowerShell.Utility\Write-Verbose "$Kind $(ConvertTo-Json $Fields -Compress -Depth 3)" }
}
