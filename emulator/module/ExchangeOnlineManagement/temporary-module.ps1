# Where do the other cmdlets come from? Exchange sends them as a script module at each connect.

function Get-ModuleFile {
    # Downloads the module's text with the cmdlets that -CommandName asks for. Throws what connecting throws.
    param($Connection, [string[]]$CommandName)
    $uri = "$($Connection.BaseUri)/AdminApi/v1.0/$($Connection.Organization)/EXOModuleFile?Version=3.9.2"
    $headers = Get-RequestHeader $Connection 'EXOModuleFile' $Connection.PageSize ([guid]::NewGuid())
    $headers['CommandName'] = if ($CommandName) { $CommandName -join ',' } else { '*' }
    $headers['ps-version'] = [string]$PSVersionTable.PSVersion
    $headers['exomodule-version'] = '3.9.2'
    $headers['is-cloud-shell-environment'] = 'False'
    $headers['X-InitializeConnectionContextObjectIdDynamic'] = 'true'
    $answer = Send-HttpRequest $Connection 'GET' $uri $headers '' 960
    if ($answer.Status -eq 401) { throw [UnauthorizedAccessException]::new('UnAuthorized') }
    if ($answer.Status -ge 400) { throw [InvalidOperationException]::new((Get-ErrorText $answer)) }
    $file = @((ConvertFrom-AnswerText $answer.Text).value)[0]
    if ($file.fileContent) { return $file }
    throw [InvalidOperationException]::new('Module could not be correctly formed. Please run Connect-ExchangeOnline again.')
}

function Import-TemporaryModule {
    # Writes the downloaded module below $BasePath and imports it for everybody in the session.
    # The file holds no token: the module is told the connection's id, and asks the process for the rest.
    param($Connection, $File, [string]$BasePath)
    $folder = Join-Path $BasePath "tmpEXO_$([IO.Path]::GetFileNameWithoutExtension([IO.Path]::GetRandomFileName()))"
    $Connection.ModuleFolder = $folder
    [void][IO.Directory]::CreateDirectory($folder)
    $path = Join-Path $folder "$(Split-Path $folder -Leaf).psm1"
    [IO.File]::WriteAllText($path, $File.fileContent)
    $arguments = @{
        Name                = $path
        ArgumentList        = $Connection.ConnectionId, $PSScriptRoot, ([string]$File.exportedCmdlets).Split(',')
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
