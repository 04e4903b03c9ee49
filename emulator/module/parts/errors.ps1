# Which error does an answer of Exchange mean for the script?

$script:UnreadableError = 'A server side error has occurred because of which the operation could not be completed. ' +
'Please try again after some time. If the problem still persists, please reach out to MS support.'
$script:MaximumRetry = 'Maximum retry count reached.'
$script:WriteErrorId = 'Microsoft.PowerShell.Commands.WriteErrorException'

function ConvertFrom-DetailMessage {
    # 'ExCode|Type|Text', or a JSON object from which the same is built.
    param([string]$Message)
    $parsed = ConvertFrom-AnswerText $Message
    if ($null -eq $parsed) { return $Message }
    $type = if ($parsed.ClassName) { $parsed.ClassName } else { $parsed.TypeName }
    "$($parsed.localizedString.stringId)|$type|$($parsed.Message)"
}

function Get-ErrorText {
    # The sentence that the user sees, or nothing where the body holds none. Only Get-EXO* ($IsResource)
    # and connecting read error.message; a cmdlet reads the first detail or the inner exception.
    param($Answer, [bool]$IsResource)
    $fault = (ConvertFrom-AnswerText $Answer.Text).error
    if ($fault.details) { return ConvertFrom-DetailMessage @($fault.details)[0].message }
    if ($fault.innererror.internalexception) { return $fault.innererror.internalexception.message }
    if ($IsResource) { $fault.message }
}

function Get-ErrorIdentity {
    # What support asks for: which server answered which request, and when.
    param($Answer)
    $server = "$(Get-Header $Answer 'X-CalculatedBETarget')".Split('.')[0].ToUpperInvariant()
    '[Server={0},RequestId={1},TimeStamp={2}]' -f $server, (Get-Header $Answer 'request-id'), (Get-Header $Answer 'Date')
}

function Get-ErrorCategory {
    param($Answer)
    $code = @((ConvertFrom-AnswerText $Answer.Text).error.details)[0].code
    $number = 0
    if ([int]::TryParse($code, [ref]$number) -and [Enum]::IsDefined([Management.Automation.ErrorCategory], $number)) {
        return [Management.Automation.ErrorCategory]$number
    }
    [Management.Automation.ErrorCategory]::NotSpecified
}

function Get-ErrorReason {
    # The exception's name without its namespace, from the header or the text.
    param($Answer, [string]$Text)
    $type = Get-Header $Answer 'X-ExceptionType'
    $parts = $Text.Split('|')
    if (-not $type -and $parts.Count -ge 3) { $type = $parts[1] }
    if ($type) { $type.Split('.')[-1] } else { 'Exception' }
}

function Write-ErrorMessage {
    # Its name is part of the error id that scripts and people look for.
    [CmdletBinding()]
    param([string]$Message, [string]$Id, [string]$CmdletName, $Category = 'NotSpecified', [string]$Reason, $Target, [string]$TargetType)
    $global:EXO_LastExecutionStatus = $false
    $record = [Management.Automation.ErrorRecord]::new([Exception]::new($Message), $Id, $Category, $Target)
    $record.CategoryInfo.Activity = $CmdletName
    if ($Reason) { $record.CategoryInfo.Reason = $Reason }
    if ($TargetType) { $record.CategoryInfo.TargetType = $TargetType }
    $PSCmdlet.WriteError($record)
}

function Write-AnswerError {
    param($Connection, $Answer, [string]$CmdletName, [bool]$IsResource)
    if ($Connection.ModuleVersion -eq '3.10.0') {
        # That version's error handling calls a method of .NET Framework; the user sees that instead of the error.
        [Net.Http.HttpResponseMessage]::new([Net.HttpStatusCode]$Answer.Status).GetResponseHeader('X-CalculatedBETarget')
        return
    }
    $text = Get-ErrorText $Answer $IsResource
    $Connection.LastError = if ($text) { $text } else { $script:UnreadableError }
    if ($Answer.Exhausted) { Write-ErrorMessage $script:MaximumRetry $script:WriteErrorId $CmdletName }
    if ($Answer.Status -eq 429 -and $Answer.Text) { return Write-ErrorMessage $Answer.Text $script:WriteErrorId $CmdletName }
    if (-not $text) { return Write-ErrorMessage $script:UnreadableError $script:WriteErrorId $CmdletName ConnectionError }
    $arguments = @{
        Message    = $text
        Id         = Get-ErrorIdentity $Answer
        CmdletName = $CmdletName
        Category   = Get-ErrorCategory $Answer
        Reason     = Get-ErrorReason $Answer $text
        Target     = @((ConvertFrom-AnswerText $Answer.Text).error.details)[0].target
        TargetType = Get-Header $Answer 'x-ExceptionTargetType'
    }
    Write-ErrorMessage @arguments
}
