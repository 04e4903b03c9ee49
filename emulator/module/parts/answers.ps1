# What does an answer of Exchange hold: objects, warnings, another page?

$script:DefaultResultSize = 1000
$script:MoreResults = 'There are more results available than are currently displayed. ' +
'To view them, increase the value for the ResultSize parameter.'

function ConvertFrom-Element {
    # One object of an answer: from the CLIXML that a cmdlet's answer carries, else the JSON members
    # without their OData siblings ('Foo@odata.type').
    param($Value)
    if ($Value._clixml) { return [Management.Automation.PSSerializer]::Deserialize($Value._clixml) }
    foreach ($name in @($Value.PSObject.Properties.Name)) {
        if ($name.EndsWith('@odata.type') -or $name.EndsWith('@data.type')) { $Value.PSObject.Properties.Remove($name) }
    }
    $Value
}

function Write-AnswerNotice {
    # Warnings and errors that came with a 200. That there is more is no news while more is being fetched.
    param($Body, [string]$CmdletName, [bool]$GoesOn)
    foreach ($warning in $Body.'@adminapi.warnings') {
        if (-not $GoesOn -or $warning -ne $script:MoreResults) { Write-Warning $warning }
    }
    foreach ($message in $Body.'@adminapi.errors') { Write-ErrorMessage $message $script:WriteErrorId $CmdletName }
}

function Get-ResultLimit {
    # How many objects may come. What is no number is left to the service to refuse.
    param($ResultSize, [int]$Default = $script:DefaultResultSize)
    if ("$ResultSize" -eq 'Unlimited') { return [int]::MaxValue }
    $count = "$ResultSize" -as [int]
    if ($count) { $count } else { $Default }
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

function Get-NextPage {
    # Where the next page is, if one is wanted. A cmdlet with a limit goes on only after a full page.
    param($Page, [int]$Got, [int]$Limit, [bool]$IsFull, [bool]$IsResource)
    if ($Got -ge $Limit) { return }
    if ($IsFull -or $IsResource -or $Limit -eq [int]::MaxValue) { $Page.'@odata.nextLink' }
}

function Receive-Answer {
    # The answer with its body as Page, or nothing where it was an error, which is then written.
    [CmdletBinding()]
    param($Call, [uri]$Uri)
    $connection, $name, $isResource = $Call.Connection, $Call.CmdletName, ($Call.Method -eq 'GET')
    try { $answer = Invoke-ExoRequest $connection $Call.Method $Uri $Call.Headers $Call.Body $Call.TimeoutSeconds }
    catch [Net.Http.HttpRequestException], [OperationCanceledException] {
        Write-Verbose "Unknown Exception occurred: this request will not be retried. $($_.Exception.Message)"
        $connection.LastError = $_.Exception.Message
        return Write-ErrorMessage $script:UnreadableError $script:WriteErrorId $name ConnectionError
    }
    $page = ConvertFrom-AnswerText $answer.Text
    if ($answer.Status -ge 400 -or ($answer.Status -ne 204 -and $null -eq $page)) {
        return Write-AnswerError $connection $answer $name $isResource
    }
    $answer | Add-Member -NotePropertyName Page -NotePropertyValue $page -PassThru
}

function Invoke-PagedRequest {
    # Sends, writes each page's objects as it comes, and follows the links until $Limit objects came.
    # NOTE: the token is the connection's own for every page: paging longer than its life ends in errors.
    [CmdletBinding()]
    param($Call, [uri]$Uri, [int]$Limit, [string]$WhenCut)
    $got = 0
    while ($Uri) {
        $size = [Math]::Min($Limit - $got, $Call.Connection.PageSize)
        $Call.Headers['Prefer'] = "odata.maxpagesize=$size"
        $answer = Receive-Answer $Call $Uri
        if ($null -eq $answer) { return }
        $global:EXO_LastExecutionStatus = $true
        $values = @(Get-PageValue $answer.Page)
        $more = $answer.Page.'@odata.nextLink'
        $Uri = Get-NextPage $answer.Page ($got + $values.Count) $Limit ($values.Count -ge $size) ($Call.Method -eq 'GET')
        Write-AnswerNotice $answer.Page $Call.CmdletName ([bool]$Uri)
        $got += $values.Count
        foreach ($value in $values) { ConvertFrom-Element $value }
    }
    if ($more -and $WhenCut) { Write-Warning $WhenCut }
}
