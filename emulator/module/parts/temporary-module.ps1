# Where do the other cmdlets come from? Exchange sends them as a script module at each connect.

$script:MalformedModule = 'Module could not be correctly formed. Please run Connect-ExchangeOnline again.'
$script:LastRedirect = 3

function Send-ConnectRequest {
    # Some tenants are served elsewhere: the service says where, and the connection stays there.
    param($Connection, [string]$Path, [Collections.IDictionary]$Headers)
    for ($hop = 0; ; $hop++) {
        $answer = Send-HttpRequest $Connection 'GET' "$($Connection.BaseUri)$Path" $Headers '' 960
        $elsewhere = (Get-Header $answer 'Location') -as [uri]
        if ($answer.Status -notin 301, 302, 307, 308 -or $hop -eq $script:LastRedirect) { return $answer }
        if (-not $elsewhere.IsAbsoluteUri -or $elsewhere.Scheme -ne 'https') { return $answer }
        $Connection.BaseUri = Get-RedirectedUri $elsewhere
    }
}

function Show-Banner {
    # The service's own greeting; that there is none is no reason not to connect.
    param($Connection)
    $path = "/adminapi/v1.0/$($Connection.Organization)/EXOBanner('AutogenSession')?Version=$($Connection.ModuleVersion)"
    $headers = Get-RequestHeader $Connection 'EXOBanner' $Connection.ConnectionId
    try { $answer = Send-ConnectRequest $Connection $path $headers }
    catch [Net.Http.HttpRequestException], [OperationCanceledException] {
        return Write-Verbose "Failed to fetch banner content from server. Reason: $($_.Exception.Message)"
    }
    if ($answer.Status -ge 300) { return Write-Verbose "Failed to fetch banner content from server. Reason: HTTP $($answer.Status)" }
    $lines = @((ConvertFrom-AnswerText $answer.Text).value) -ne $null
    if ($lines) { Write-Host ($lines -join "`n") -ForegroundColor Yellow }
    Write-Host "Connected by exo-jobs' emulation of ExchangeOnlineManagement to $($Connection.BaseUri)."
}

function Get-ModuleFile {
    # Downloads the module's text with the cmdlets that -CommandName asks for. Throws what connecting throws.
    param($Connection, [string[]]$CommandName)
    $headers = Get-RequestHeader $Connection 'EXOModuleFile' ([guid]::NewGuid())
    $headers['CommandName'] = if ($CommandName) { $CommandName -join ',' } else { '*' }
    $headers['ps-version'] = [string]$PSVersionTable.PSVersion
    $headers['exomodule-version'] = $Connection.ModuleVersion
    $headers['is-cloud-shell-environment'] = 'False'
    $headers['X-InitializeConnectionContextObjectIdDynamic'] = 'true'
    $path = "/AdminApi/v1.0/$($Connection.Organization)/EXOModuleFile?Version=$($Connection.ModuleVersion)"
    $answer = Send-ConnectRequest $Connection $path $headers
    if ($answer.Status -eq 401) { throw [UnauthorizedAccessException]::new('UnAuthorized') }
    if ($answer.Status -ge 300) {
        $text = Get-ErrorText $answer $true
        throw [InvalidOperationException]::new($(if ($text) { $text } else { "$script:UnreadableError (HTTP $($answer.Status))" }))
    }
    $files = @((ConvertFrom-AnswerText $answer.Text).value)
    if ($files[0].fileContent) { return $files }
    throw [InvalidOperationException]::new($script:MalformedModule)
}

function Import-TemporaryModule {
    # Writes the downloaded module into a folder of its own and imports it for everybody in the session.
    # The file holds no token: the module is told the connection's id, and asks the process for the rest.
    param($Connection, [object[]]$Files, [Collections.IDictionary]$Asked)
    $base = if ($Asked.EXOModuleBasePath) { $Asked.EXOModuleBasePath } else { [IO.Path]::GetTempPath() }
    $folder = Join-Path $base "tmpEXO_$([IO.Path]::GetRandomFileName())"
    $Connection.ModuleFolder = $folder
    [void][IO.Directory]::CreateDirectory($folder)
    $path = Join-Path $folder "$(Split-Path $folder -Leaf).psm1"
    [IO.File]::WriteAllText($path, $Files[0].fileContent)
    $arguments = @{
        Name                = $path
        ArgumentList        = $Connection.ConnectionId, $PSScriptRoot, ([string]$Files[0].exportedCmdlets).Split(',')
        Global              = $true
        DisableNameChecking = $true
        Verbose             = $false
        ErrorAction         = 'Stop'
    }
    if ($Connection.Prefix) { $arguments.Prefix = $Connection.Prefix }
    Import-Module @arguments
}

function Remove-TemporaryModule {
    param([string]$Folder)
    if (-not $Folder) { return }
    Get-Module -Name (Split-Path $Folder -Leaf) | Remove-Module -Force -Confirm:$false -Verbose:$false
    if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force -Confirm:$false }
}
