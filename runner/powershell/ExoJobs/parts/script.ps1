# What can be known of a job's script before it runs, and how it ended after.

function Read-JobParameter {
    <# .SYNOPSIS Reads the parameters as a table to splat. A text stays a text, also where it looks like a date. #>
    param([string] $Path)
    $options = if ((Get-Command ConvertFrom-Json).Parameters.ContainsKey('DateKind')) { @{ DateKind = 'String' } } else { @{} }
    ConvertFrom-Json ([System.IO.File]::ReadAllText($Path)) -AsHashtable @options
}

function Register-Answer {
    <# .SYNOPSIS Keeps what Read-Host is answered with; takes what is only that out of the parameters of the script. #>
    param([hashtable] $Plan, [hashtable] $Parameters)
    $known = Get-ParameterName $Plan.script
    foreach ($each in $Plan['prompts']) { $Answers.Add(@{ pattern = $each.pattern; value = $Parameters[$each.parameter] }) }
    foreach ($each in $Plan['prompts']) { if ($each.parameter -notin $known) { $Parameters.Remove($each.parameter) } }
}

function Get-ParameterName {
    param([string] $Script)
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref] $null, [ref] $null)
    @(if ($tree.ParamBlock) { $tree.ParamBlock.Parameters.Name.VariablePath.UserPath })
}

function Test-JobScript {
    <# .SYNOPSIS Returns nothing when the script can be started, else its ending with every reason. #>
    param([string] $Script, [hashtable] $Parameters)
    $errors = $null
    $null = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref] $null, [ref] $errors)
    if ($errors) { return Get-SyntaxEnding $errors }
    $known = Get-ParameterName $Script
    $unknown = @($Parameters.Keys | Where-Object { $_ -notin $known })
    # Without CmdletBinding, PowerShell would swallow a parameter that the script does not have.
    if ($unknown) {
        New-Ending 'bad_parameters' "The script has no parameter $($unknown -join ', '). It has: $($known -join ', ')." 'InvalidArgument'
    }
}

function Get-SyntaxEnding {
    param($Errors)
    $lines = $Errors | Select-Object -First 10 | ForEach-Object { "line $($_.Extent.StartLineNumber), column $($_.Extent.StartColumnNumber): $($_.Message)" }
    $ending = New-Ending 'syntax_error' ($lines -join '; ') 'ParserError'
    $ending.error.line = $Errors[0].Extent.StartLineNumber
    $ending
}

function Start-JobSession {
    <# .SYNOPSIS Connects. Returns nothing when all the job's cmdlets are there, else the ending. #>
    param([hashtable] $Plan)
    if (-not (Get-Module ExchangeOnlineManagement -ListAvailable)) {
        return New-Ending 'no_module' "The module ExchangeOnlineManagement is not in PSModulePath ($env:PSModulePath)." 'ResourceUnavailable'
    }
    $seconds = $Plan['token_seconds'] ?? 120
    Set-WriteMode $Plan
    $session = New-Session ([System.IO.Path]::GetFileNameWithoutExtension($Plan.token)) $Plan.token @(Get-AllowedCmdlet $Plan.cmdlets) $seconds
    # A pattern was spelt out for each verb that reads; not all of those need to exist.
    $session.Required = @($session.Cmdlets | Where-Object { $_ -in $Plan.cmdlets })
    try { Open-Session $session }
    catch { return @{ ending = 'connect_failed'; error = ConvertTo-ErrorField $_ -Terminating } }
    if ($missing = Get-MissingCmdlet $session) {
        return New-Ending 'missing_cmdlets' "The connection did not bring $($missing -join ', '): misspelt, or the application's role does not allow it." 'ObjectNotFound'
    }
    Enable-Hook -Retry ('retry' -notin $Plan['without'])
    Enable-Shim -Without $Plan['without']
    Enable-WriteGuard
    Set-Alias -Scope Global -Name Write-Progress -Value Write-ProgressRecord
}

function Close-JobSession {
    if (-not (Get-Module ExchangeOnlineManagement)) { return }
    try { Close-EverySession }
    catch { Write-Record warning @{ message = "The session was not closed in order: $_" } }
}

function Get-JobEnding {
    <# .SYNOPSIS Tells how a script ended that did not throw: (ending, its exit code or nothing). #>
    param([string] $Script)
    # A native program leaves its code in the same variable as `exit`. Only a script that has an `exit` can have meant it.
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref] $null, [ref] $null)
    $exits = $tree.Find({ $args[0] -is [System.Management.Automation.Language.ExitStatementAst] }, $true)
    if ($exits -and $global:LASTEXITCODE) { return 'exited', $global:LASTEXITCODE }
    'completed', $null
}

function Test-ParameterError {
    <# .SYNOPSIS Tells whether it is the script itself that did not accept its parameters. #>
    param([System.Management.Automation.ErrorRecord] $Record, [string] $Script)
    $failure = $Record.Exception
    $failure -is [System.Management.Automation.ParameterBindingException] -and
    $failure.CommandInvocation.MyCommand.Name -eq [System.IO.Path]::GetFileName($Script)
}

function New-Ending {
    param([string] $Ending, [string] $Message, [string] $Category)
    @{ ending = $Ending; error = [ordered]@{ message = $Message; category = $Category; id = $Ending; target = $null
            exception = @(); script = $null; line = $null; stack = $null; terminating = $true } }
}
