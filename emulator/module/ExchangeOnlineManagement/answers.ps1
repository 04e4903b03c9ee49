# What does an answer of Exchange say: objects, warnings, or which error?

$script:UnreadableError = 'A server side error has occurred because of which the operation could not be completed. ' +
'Please try again after some time. If the problem still persists, please reach out to MS support.'

$script:DefaultResultSize = 1000
$script:MoreResults = 'There are more results available than are currently displayed. ' +
'To view them, increase the value for the ResultSize parameter.'

function ConvertFrom-AnswerText {
    # The body as an object; nothing when it is empty or no JSON object.
    param([string]$Text)
    if (-not $Text.TrimStart().StartsWith('{')) { return }
    try { ConvertFrom-Json $Text } catch [ArgumentException] { return }
}

function Get-InnermostMessage {
    param($InnerError)
    while ($InnerError.internalexception) { $InnerError = $InnerError.internalexception }
    $InnerError.message
}

function ConvertFrom-DetailMessage {
    # 'ExCode|Type|Text', or a JSON object from which the same is built.
    param([string]$Message)
    $parsed = ConvertFrom-AnswerText $Message
    if ($null -eq $parsed) { return $Message }
    $type = if ($parsed.ClassName) { $parsed.ClassName } else { $parsed.TypeName }
    "$($parsed.localizedString.stringId)|$type|$($parsed.Message)"
}

function Get-ErrorText {
    # The sentence that the user sees: the first detail, else the innermost exception, else what there is.
    param($Answer)
    $fault = (ConvertFrom-AnswerText $Answer.Text).error
    if ($fault.details) { return ConvertFrom-DetailMessage @($fault.details)[0].message }
    if ($fault.innererror.internalexception) { return Get-InnermostMessage $fault.innererror }
    if ($fault.message) { return $fault.message }
    $plain = $Answer.Text.Trim([char]0, [char]32, [char]10, [char]13)
    if ($plain -and $plain[0] -notin '<', '{') { return $plain }
    "$script:UnreadableError (HTTP $($Answer.Status))"
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

function Write-ErrorMessage {
    # Its name is part of the error id that scripts and people look for.
    [CmdletBinding()]
    param([string]$Message, [string]$Id, [string]$CmdletName, $Category = 'NotSpecified')
    $global:EXO_LastExecutionStatus = $false
    $record = [Management.Automation.ErrorRecord]::new([Exception]::new($Message), $Id, $Category, $null)
    $record.CategoryInfo.Activity = $CmdletName
    $parts = $Message.Split('|')
    if ($parts.Count -ge 3) { $record.CategoryInfo.Reason = $parts[1].Split('.')[-1] }
    $PSCmdlet.WriteError($record)
}

function Write-AnswerError {
    param($Answer, [string]$CmdletName)
    $text = Get-ErrorText $Answer
    if ($Answer.Exhausted) { $text = "Maximum retry count reached. $text" }
    Write-ErrorMessage $text (Get-ErrorIdentity $Answer) $CmdletName (Get-ErrorCategory $Answer)
}

function Remove-TypeAnnotation {
    # Takes the OData siblings ('Foo@odata.type') off; what is left is what the cmdlet answered.
    param($Value)
    foreach ($name in @($Value.PSObject.Properties.Name)) {
        if ($name.EndsWith('@odata.type') -or $name.EndsWith('@data.type')) { $Value.PSObject.Properties.Remove($name) }
    }
    $Value
}

function Write-AnswerNotice {
    # Warnings and errors that came with a 200.
    param($Body, [string]$CmdletName)
    foreach ($warning in $Body.'@adminapi.warnings') { Write-Warning $warning }
    foreach ($message in $Body.'@adminapi.errors') { Write-ErrorMessage $message $CmdletName $CmdletName }
}

function Get-ResultLimit {
    # How many objects may come. What is no number is left to the service to refuse.
    param($ResultSize)
    if ("$ResultSize" -eq 'Unlimited') { return [int]::MaxValue }
    $count = "$ResultSize" -as [int]
    if ($count) { $count } else { $script:DefaultResultSize }
}

function Invoke-PagedRequest {
    # Sends, writes each page's objects as it comes, and follows the links until $Limit objects came.
    # NOTE: the token is the connection's own for every page: paging longer than its life ends in errors.
    [CmdletBinding()]
    param(
        $Connection, [string]$CmdletName, [string]$Method, [uri]$Uri, [string]$Body,
        [int]$Limit, [int]$TimeoutSeconds = 960, [string]$WhenCut
    )
    $requestId = [guid]::NewGuid()
    $got = 0
    while ($Uri -and $got -lt $Limit) {
        $size = [Math]::Min($Limit - $got, $Connection.PageSize)
        $headers = Get-RequestHeader $Connection $CmdletName $size $requestId
        try { $answer = Invoke-ExoRequest $Connection $Method $Uri $headers $Body $TimeoutSeconds }
        catch [Net.Http.HttpRequestException], [OperationCanceledException] {
            return Write-ErrorMessage "Unknown Exception occurred. $($_.Exception.Message)" $CmdletName $CmdletName
        }
        if ($answer.Status -ge 400) { return Write-AnswerError $answer $CmdletName }
        $page = ConvertFrom-AnswerText $answer.Text
        if ($answer.Status -ne 204 -and $null -eq $page) { return Write-AnswerError $answer $CmdletName }
        $global:EXO_LastExecutionStatus = $true
        Write-AnswerNotice $page $CmdletName
        foreach ($value in Get-PageValue $page) {
            Remove-TypeAnnotation $value
            $got++
        }
        $Uri = $page.'@odata.nextLink'
    }
    if ($Uri -and $WhenCut) { Write-Warning $WhenCut }
}

function Get-PageValue {
    # A collection's elements, or the one entity that the whole body is.
    param($Page)
    if ($null -eq $Page) { return }
    if ($Page.PSObject.Properties.Match('value').Count) { return $Page.value }
    foreach ($name in @($Page.PSObject.Properties.Name)) {
        if ($name.StartsWith('@')) { $Page.PSObject.Properties.Remove($name) }
    }
    $Page
}
