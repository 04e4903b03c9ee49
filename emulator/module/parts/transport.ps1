# How does one request get to Exchange and its answer back?

$script:HttpClientKey = 'exo-jobs.emulator.http-client'

function Get-HttpClient {
    # One client for the process, so that connections are reused; .NET trusts $SSL_CERT_FILE.
    $client = [AppDomain]::CurrentDomain.GetData($script:HttpClientKey)
    if ($null -eq $client) {
        $handler = [Net.Http.SocketsHttpHandler]::new()
        $handler.AutomaticDecompression = [Net.DecompressionMethods]::GZip
        $handler.PooledConnectionLifetime = [timespan]::FromMinutes(5)
        $handler.AllowAutoRedirect = $false # .NET would follow without the token
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

function ConvertFrom-AnswerText {
    # The body as an object; nothing when it is empty or no JSON object.
    param([string]$Text)
    if (-not $Text.TrimStart().StartsWith('{')) { return }
    try { ConvertFrom-Json $Text } catch [ArgumentException] { return }
}
