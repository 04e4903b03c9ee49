# Writes what happens in a session as typed records, one JSON object a line, to the runner's pipe.
#
# Every record has `kind` and `time`. Nothing here renders an object as text for a person: PowerShell's
# formatter loses objects when a script ends by `exit` or `throw` while a table is being formatted.

$BatchSize = 500          # objects; one ConvertTo-Json call a batch costs a third of one a record
$BatchMilliseconds = 1000 # a partial batch waits no longer than this for its next object
$LineLimit = 4MB          # characters; a batch that makes a longer line is halved

$state = @{
    Stream = $null; Batch = [System.Collections.Generic.List[object]]::new()
    Since = [System.Diagnostics.Stopwatch]::new(); Script = ''; Depth = 3; Properties = @(); Progress = @{}
}

function Open-RecordStream {
    <# .SYNOPSIS Takes over the inherited pipe, so that programs a script starts do not inherit it too. #>
    param([hashtable] $Plan)
    $state.Stream = [System.IO.FileStream]::new("/proc/self/fd/$($Plan.records)", 'Open', 'Write', 'ReadWrite')
    [Microsoft.Win32.SafeHandles.SafeFileHandle]::new([IntPtr] $Plan.records, $true).Dispose()
    $state.Depth = $Plan.output.depth
    $state.Properties = $Plan.output.properties
    $state.Script = $Plan.script
}

function Close-RecordStream {
    $state.Stream.Dispose()
}

function Write-Record {
    <# .SYNOPSIS Writes one record, after the objects that came before it. #>
    param([string] $Kind, [System.Collections.IDictionary] $Fields = @{})
    Write-OutputBatch
    Write-Line ([ordered]@{ kind = $Kind; time = Get-Timestamp } + $Fields)
}

function Write-ScriptRecord {
    <# .SYNOPSIS Turns everything that `*>&1` delivers into records, in order. #>
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] [AllowNull()] $InputObject)
    begin { $batch = $state.Batch }
    # One line for each kind of thing, and no call for an object: a report has a hundred thousand of them.
    process {
        if ($InputObject -is [System.Management.Automation.ErrorRecord]) { Write-ErrorStream $InputObject }
        elseif ($InputObject -is [System.Management.Automation.InformationalRecord]) { Write-MessageStream $InputObject }
        elseif ($InputObject -is [System.Management.Automation.InformationRecord]) {
            Write-Record information @{ message = [string] $InputObject.MessageData; tags = @($InputObject.Tags) }
        }
        elseif ($null -ne $InputObject) {
            if ($batch.Count -eq 0) { $state.Since.Restart() }
            # A text or a number from a cmdlet can carry note properties (Get-Content adds a path); the value is meant.
            $base = $InputObject.PSObject.BaseObject
            if ($base -is [string] -or $base -is [ValueType]) { $batch.Add($base) }
            elseif ($state.Properties.Count) { $batch.Add((Select-Object -InputObject $InputObject -Property $state.Properties)) }
            else { $batch.Add($InputObject) }
            if ($batch.Count -ge $BatchSize -or $state.Since.ElapsedMilliseconds -ge $BatchMilliseconds) { Write-OutputBatch }
        }
    }
    # Runs also after a throw, an exit or a SIGINT, where `end` does not.
    clean { Write-OutputBatch }
}

function Write-MessageStream {
    param([System.Management.Automation.InformationalRecord] $Record)
    $kind = switch ($Record) {
        { $_ -is [System.Management.Automation.WarningRecord] } { 'warning' }
        { $_ -is [System.Management.Automation.VerboseRecord] } { 'verbose' }
        default { 'debug' }
    }
    Write-Record $kind @{ message = $Record.Message }
}

function Write-ErrorStream {
    param([System.Management.Automation.ErrorRecord] $Record)
    # What a native program prints on stderr arrives as an error record. It is text, not a failure:
    # the program's exit code says whether it failed.
    if ($Record.FullyQualifiedErrorId -in 'NativeCommandError', 'NativeCommandErrorMessage') {
        Write-Record information @{ message = [string] $Record.TargetObject; tags = @('stderr') }
        return
    }
    Write-Record error (ConvertTo-ErrorField $Record)
}

function ConvertTo-ErrorField {
    <# .SYNOPSIS Copies an error's facts by name. An error record is never serialised whole: it can hold the session. #>
    param([System.Management.Automation.ErrorRecord] $Record, [switch] $Terminating)
    $place = Get-ErrorPlace $Record
    $chain = for ($each = $Record.Exception; $null -ne $each; $each = $each.InnerException) {
        '{0}: {1}' -f $each.GetType().FullName, $each.Message
    }
    [ordered]@{
        message = [string] $Record
        category = [string] $Record.CategoryInfo.Category
        id = $Record.FullyQualifiedErrorId
        target = if ($null -eq $Record.TargetObject) { $null } else { Limit-Text ([string] $Record.TargetObject) 256 }
        exception = @($chain)
        script = $place.script
        line = $place.line
        stack = $Record.ScriptStackTrace
        terminating = [bool] $Terminating
    }
}

function Get-ErrorPlace {
    # The line of the job's script, not that of the module's own plumbing in which the error was written.
    param([System.Management.Automation.ErrorRecord] $Record)
    $frames = [regex]::Matches([string] $Record.ScriptStackTrace, '(?m)^at .*?, (?<script>/.*): line (?<line>\d+)\s*$')
    $frame = @($frames | Where-Object { $_.Groups['script'].Value -eq $state.Script }) + @($frames) | Select-Object -First 1
    if ($frame) { return @{ script = $frame.Groups['script'].Value; line = [int] $frame.Groups['line'].Value } }
    @{ script = $Record.InvocationInfo?.ScriptName; line = $Record.InvocationInfo?.ScriptLineNumber }
}

function Write-OutputBatch {
    if ($state.Batch.Count -eq 0) { return }
    $values = $state.Batch.ToArray()
    $state.Batch.Clear()
    Write-Values $values
}

function Write-Values {
    param([object[]] $Values)
    try { $json = ConvertTo-Json -InputObject $Values -Depth $state.Depth -Compress -EnumsAsStrings -WarningAction SilentlyContinue }
    catch { $json = $null }
    if ($null -ne $json -and ($json.Length -le $LineLimit -or $Values.Count -eq 1)) {
        Write-Text ('{{"kind":"output","time":"{0}","records":{1}}}' -f (Get-Timestamp), $json)
    }
    elseif ($Values.Count -gt 1) {
        $half = [int] ($Values.Count / 2)
        Write-Values $Values[0..($half - 1)]
        Write-Values $Values[$half..($Values.Count - 1)]
    }
    else {
        Write-Line ([ordered]@{ kind = 'error'; time = Get-Timestamp; terminating = $false; category = 'InvalidData'
                id = 'OutputNotSerializable'; message = "An output object of type $($Values[0].GetType().FullName) cannot be written as JSON." })
    }
}

function Write-Line {
    param([System.Collections.IDictionary] $Record)
    Write-Text (ConvertTo-Json -InputObject $Record -Depth 4 -Compress -WarningAction SilentlyContinue)
}

function Write-Text {
    param([string] $Text)
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Text + "`n")
    $state.Stream.Write($bytes, 0, $bytes.Length)
    $state.Stream.Flush()
}

function Get-Timestamp { [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [cultureinfo]::InvariantCulture) }

function Limit-Text {
    param([string] $Text, [int] $Length)
    if ($Text.Length -le $Length) { $Text } else { $Text.Substring(0, $Length) + '…' }
}

function Write-ProgressRecord {
    <# .SYNOPSIS Stands in for Write-Progress, whose records no redirection can catch. #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [string] $Activity = 'Processing',
        [Parameter(Position = 1)] [string] $Status = 'Processing',
        [Parameter(Position = 2)] [int] $Id = 0,
        [int] $PercentComplete = -1, [int] $SecondsRemaining = -1, [string] $CurrentOperation,
        [int] $ParentId = -1, [switch] $Completed, [int] $SourceId
    )
    # A loop over 100,000 mailboxes reports each; five a second are enough to see it live.
    $now = [Environment]::TickCount64
    if (-not $Completed -and $PercentComplete -lt 100 -and $now - $state.Progress[$Id] -lt 200) { return }
    $state.Progress[$Id] = $now
    Write-Record progress ([ordered]@{ activity = $Activity; status = $Status; operation = $CurrentOperation
            percent = $PercentComplete; completed = [bool] $Completed; id = $Id })
}
