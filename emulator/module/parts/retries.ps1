# When is a request sent again, and after which wait?
#
# Waits and the list of what is worth another try are those of Microsoft's generated module:
# 6 tries, 2, 4, 8, 16, 32 s apart, for 401, 429, 503, 504 and some exceptions. The waits are
# multiplied by the connection's RetryWaitScale, so that a test need not take a minute.

$script:LastTry = 6
$script:TransientException = 'DCOverloadedException|SuitabilityDirectoryException|ServerInMMException|' +
'ADServerSettingsChangedException|StorageTransientException'

function Test-WorthAnotherTry {
    # A cmdlet's error without a body is never tried again, whatever its status.
    param($Answer, [string]$Method)
    if ($Answer.Status -lt 400) { return $false }
    if ($Method -eq 'POST' -and -not $Answer.Text) {
        Write-Verbose 'Unknown Exception occurred: this request will not be retried.'
        return $false
    }
    if ($Answer.Status -in 401, 429, 503, 504) { return $true }
    (Get-DetailMessage $Answer) -match $script:TransientException
}

function Get-DetailMessage {
    param($Answer)
    [string]@((ConvertFrom-AnswerText $Answer.Text).error.details)[0].message
}

function Get-RetryWait {
    # Milliseconds before try number $Try + 1. The server's own Retry-After is never scaled.
    param($Answer, [int]$Try, [double]$Scale)
    $seconds = 0.0
    if ($Answer.Status -eq 429 -and [double]::TryParse((Get-Header $Answer 'Retry-After'), [ref]$seconds)) {
        return [int](1000 * $seconds)
    }
    [int](2000 * [Math]::Pow(2, $Try - 1) * $Scale)
}

function Invoke-ExoRequest {
    # Sends until the answer is no longer worth another try. The answer's Exhausted says that the
    # last try was worth one, too.
    param($Connection, [string]$Method, [uri]$Uri, [Collections.IDictionary]$Headers, [string]$Body, [int]$TimeoutSeconds = 960)
    for ($try = 1; ; $try++) {
        $answer = Send-HttpRequest $Connection $Method $Uri $Headers $Body $TimeoutSeconds
        $retry = Test-WorthAnotherTry $answer $Method
        if (-not $retry -or $try -eq $script:LastTry) {
            $answer | Add-Member -NotePropertyName Exhausted -NotePropertyValue $retry
            return $answer
        }
        $wait = Get-RetryWait $answer $try $Connection.RetryWaitScale
        Write-Verbose "HTTP $($answer.Status) on try $try of $script:LastTry; the next in $wait ms."
        Start-Sleep -Milliseconds $wait
    }
}
