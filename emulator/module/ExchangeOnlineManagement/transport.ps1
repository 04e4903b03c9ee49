# How does one request get to Exchange, and when is it sent again?
#
# Waits and the list of what is worth another try are those of Microsoft's generated module:
# 6 tries, 2, 4, 8, 16, 32 s apart, for 401, 429, 503, 504 and some exceptions. The waits are
# multiplied by the connection's RetryWaitScale, so that a test need not take a minute.

$script:HttpClientKey = 'exo-jobs.emulator.http-client'
$script:LastTry = 6
$script:TransientException = 'DCOverloadedException|SuitabilityDirectoryException|ServerInMMException|' +
'ADServerSettingsChangedException|StorageTransientException'

function Get-HttpClient {
    # One client for the process, so that connections are reused; .NET trusts $SSL_CERT_FILE.
    $client = [AppDomain]::CurrentDomain.GetData($script:HttpClientKey)
    if ($null -eq $client) {
        $handler = [Net.Http.SocketsHttpHandler]::new()
        $handler.AutomaticDecompression = [Net.DecompressionMethods]::GZip
        $handler.PooledConnectionLifetime = [timespan]::FromMinutes(5)
        $client = [Net.Http.HttpClient]::new($handler)
        $client.Timeout = [Threading.Timeout]::InfiniteTimeSpan # each request has its own
        [AppDomain]::CurrentDomain.SetData($script:HttpClientKey, $client)
    }
    $client
}

function Wait-Task {
    # Waits in short slices: PowerShell notices Ctrl-C between statements, never inside one.
    param([Threading.Tasks.Task]$Task)
    while ([Threading.Tasks.Task]::WaitAny([Threading.Tasks.Task[]]@($Task), 100) -lt 0) { }
    try { $Task.GetAwaiter().GetResult() }
    catch [Management.Automation.MethodInvocationException] { throw $_.Exception.InnerException }
}

function New-HttpRequest {
    param($Connection, [string]$Method, [uri]$Uri, [Collections.IDictionary]$Headers, [string]$Body)
    $request = [Net.Http.HttpRequestMessage]::new([Net.Http.HttpMethod]::new($Method), $Uri)
    [void]$request.Headers.TryAddWithoutValidation('Authorization', "Bearer $($Connection.Token)")
    foreach ($name in $Headers.Keys) {
        [void]$request.Headers.TryAddWithoutValidation($name, [string]$Headers[$name])
    }
    if ($Body) {
        $request.Content = [Net.Http.StringContent]::new($Body, [Text.Encoding]::UTF8, 'application/json')
    }
    $request
}

function Send-HttpRequest {
    # One try. Returns status, headers and text, whatever the status; throws when nothing came back.
    param($Connection, [string]$Method, [uri]$Uri, [Collections.IDictionary]$Headers, [string]$Body, [int]$TimeoutSeconds)
    $stop = [Threading.CancellationTokenSource]::new([timespan]::FromSeconds($TimeoutSeconds))
    $request = New-HttpRequest $Connection $Method $Uri $Headers $Body
    try {
        $response = Wait-Task (Get-HttpClient).SendAsync($request, $stop.Token)
        [pscustomobject]@{
            Status  = [int]$response.StatusCode
            Headers = $response.Headers
            Text    = Wait-Task $response.Content.ReadAsStringAsync()
        }
        $response.Dispose()
    }
    finally {
        $stop.Cancel()
        $request.Dispose()
    }
}

function Get-Header {
    param($Answer, [string]$Name)
    $values = $null
    if ($Answer.Headers.TryGetValues($Name, [ref]$values)) { @($values)[0] }
}

function Test-WorthAnotherTry {
    param($Answer)
    if ($Answer.Status -in 401, 429, 503, 504) { return $true }
    if ($Answer.Status -lt 400) { return $false }
    $Answer.Text -match $script:TransientException -or (Get-Header $Answer 'X-ExceptionType') -match $script:TransientException
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
        $retry = Test-WorthAnotherTry $answer
        if (-not $retry -or $try -eq $script:LastTry) {
            $answer | Add-Member -NotePropertyName Exhausted -NotePropertyValue $retry
            return $answer
        }
        $wait = Get-RetryWait $answer $try $Connection.RetryWaitScale
        Write-Verbose "HTTP $($answer.Status) on try $try of $script:LastTry; the next in $wait ms."
        Start-Sleep -Milliseconds $wait
    }
}

function Get-RequestHeader {
    # What Microsoft's module sends with each call, in the plain JSON form of the answer.
    param($Connection, [string]$CmdletName, [int]$PageSize, [string]$RequestId)
    $user = if ($Connection.UserPrincipalName) { $Connection.UserPrincipalName } else { "OAuthUser@$($Connection.Organization)" }
    @{
        'Accept'                = 'application/json'
        'Accept-Charset'        = 'UTF-8'
        'X-CmdletName'          = $CmdletName
        'X-ResponseFormat'      = 'json'
        'X-SerializationLevel'  = 'Partial'
        'X-AnchorMailbox'       = "UPN:$user"
        'X-ClientApplication'   = 'ExoManagementModule'
        'X-ClientModuleVersion' = '3.9.2'
        'Prefer'                = "odata.maxpagesize=$PageSize"
        'client-request-id'     = $RequestId
        'connection-id'         = $Connection.ConnectionId
    }
}
