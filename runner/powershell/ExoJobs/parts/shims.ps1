# Stand-ins for what a published script does when a person sits before it. Each can be switched off by its name.
#
# They are aliases, because those win over the functions that a script's own Import-Module puts back.

$Shims = [ordered]@{
    'Connect-ExchangeOnline'    = @{ Function = 'Connect-ByTokenFile' }
    'Connect-IPPSSession'       = @{ Function = 'Connect-ComplianceByTokenFile' }
    'Disconnect-ExchangeOnline' = @{ Function = 'Disconnect-ByRunner' }
    'Get-ConnectionInformation' = @{ Function = 'Get-TruthfulConnection' }
    'Install-Module'            = @{ Function = 'Confirm-Module' }
    'Update-Module'             = @{ Function = 'Confirm-Module' }
    'Install-PackageProvider'   = @{ Function = 'Skip-Command' }
    'Set-PSRepository'          = @{ Function = 'Skip-Command' }
    'Set-ExecutionPolicy'       = @{ Function = 'Skip-Command' }
    'Get-InstalledModule'       = @{ Function = 'Get-PresentModule' }
    'Read-Host'                 = @{ Function = 'Read-Answer' }
    'Get-Credential'            = @{ Function = 'Deny-Credential' }
    'Pause'                     = @{ Function = 'Skip-Command' }
    'Out-GridView'              = @{ Function = 'Out-Output' }
    'Invoke-Item'               = @{ Function = 'Skip-Command' }
    'New-Object'                = @{ Function = 'New-HarmlessObject' }
}
$Answers = [System.Collections.Generic.List[object]]::new() # of Read-Host: pattern and value, in order

function Enable-Shim {
    <# .SYNOPSIS Puts every stand-in in place but those of -Without. #>
    param([string[]] $Without = @())
    foreach ($name in $Shims.Keys | Where-Object { $_ -notin $Without }) {
        Set-Alias -Scope Global -Name $name -Value $Shims[$name].Function -Force
    }
}

function Confirm-Module {
    # What is in the image is all there is: a job that installs would run other code every night.
    param([string[]] $Name)
    foreach ($each in $Name) {
        if (Get-Module -ListAvailable -Name $each) { Write-Note verbose "$($MyInvocation.InvocationName): $each is here already." }
        else { throw "$($MyInvocation.InvocationName): the module $each is not in the image, and nothing is installed while a job runs. Put it into the image." }
    }
}

function Get-PresentModule {
    param([string[]] $Name = '*')
    Get-Module -ListAvailable -Name $Name | Select-Object Name, Version, @{ Name = 'InstalledLocation'; Expression = { $_.ModuleBase } }
}

function Skip-Command {
    Write-Note verbose "$($MyInvocation.InvocationName): nobody is here to see it, or nothing is to be done for it here; left out."
}

function Read-Answer {
    param([Parameter(Position = 0)] $Prompt, [switch] $AsSecureString, [switch] $MaskInput)
    foreach ($each in $Answers) {
        if ([string] $Prompt -notlike $each.pattern) { continue }
        if ($AsSecureString) { return ConvertTo-SecureString ([string] $each.value) -AsPlainText -Force }
        return [string] $each.value
    }
    throw "Read-Host: nobody is here to answer '$Prompt'. Make it a parameter of the script and give it in the job, or name a parameter for it under spec.prompts."
}

function Deny-Credential {
    throw 'Get-Credential: nobody is here to sign in. The job is connected by its token already; for another service, give a secret parameter.'
}

function Out-Output {
    # Also with -PassThru and -OutputMode: everything was chosen.
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] $InputObject, [string] $Title, [switch] $PassThru, [switch] $Wait, $OutputMode)
    process { $InputObject }
}

function New-HarmlessObject {
    # Only Windows has COM. What scripts mostly want of it is to ask whether the report should be opened: no.
    $asked = $args.IndexOf('-ComObject')
    if ($asked -lt 0) { $asked = $args.IndexOf('-ComObject:') }
    if ($asked -lt 0) { return Microsoft.PowerShell.Utility\New-Object @args }
    $name = [string] $args[$asked + 1]
    if ($name -notmatch '^wscript\.shell') { throw "New-Object -ComObject ${name}: there is no COM on Linux. Write the result as objects; the job makes the file." }
    Write-Note verbose "New-Object -ComObject ${name}: popups are answered with No."
    [pscustomobject]@{} | Add-Member -PassThru -MemberType ScriptMethod -Name Popup -Value { 7 }
}
